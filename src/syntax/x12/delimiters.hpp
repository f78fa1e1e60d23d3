// The four characters an interchange is cut with, found in its own ISA (X12.5, X12.6).
//
//     ISA*00*          *00*          *ZZ*SENDER         *ZZ*RECEIVER       *250602*1403*U*00401*000000901*0*P*>~
//        ^ element (byte 3)                                                              ^ repetition (ISA11)   ^^
//                                                                         component (ISA16, byte 104) and segment (105)
#pragma once

namespace wharf::x12 {

struct Delimiters {
    char element = '*';
    char component = '>';
    char segment = '~';
    char repetition = '\0'; // '\0': none; ISA12 up to 00401 has the standards identifier in ISA11 instead

    friend bool operator==(Delimiters const&, Delimiters const&) = default;
};

} // namespace wharf::x12
