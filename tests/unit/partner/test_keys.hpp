// A certificate and its key of each kind that is looked into without OpenSSL, made for tests and used for nothing else. The bodies
// of PEM blocks; pem() puts the lines around them.
#pragma once

#include <string>
#include <string_view>

namespace wharf::partner::test_keys {

inline constexpr std::string_view curve_certificate =
    "MIIBcDCCARWgAwIBAgIUDWvsFcMSLDdrThPWZqpexXw8zbEwCgYIKoZIzj0EAwIw\n"
    "DDEKMAgGA1UEAwwBYTAgFw0yNjExMjIwMDI1MzJaGA8yMDgxMDgyNTAwMjUzMlow\n"
    "DDEKMAgGA1UEAwwBYTBZMBMGByqGSM49AgEGCCqGSM49AwEHA0IABEZvQb9pKjzi\n"
    "hmAwYVVqLby0Y/7zpu2slibKaYipyw2fcbgp7Hgx8QNqjpGRkyiZ4SReA9s258OF\n"
    "7ct5SPHDJd2jUzBRMB0GA1UdDgQWBBTuDtlNOPVZ0QTFXQlErXDNH4O9zzAfBgNV\n"
    "HSMEGDAWgBTuDtlNOPVZ0QTFXQlErXDNH4O9zzAPBgNVHRMBAf8EBTADAQH/MAoG\n"
    "CCqGSM49BAMCA0kAMEYCIQD/ObMyI/+zc9CVkFvw4Gsyhbon6RxZKmDSmSN4Sr/e\n"
    "7wIhAKdPzmKOjXd1/NjuBYog69q+L2PU3I6FI9FBSa50bxR2\n";
inline constexpr std::string_view curve_key =
    "MIGHAgEAMBMGByqGSM49AgEGCCqGSM49AwEHBG0wawIBAQQgSfsGMAfRJplKAY1G\n"
    "AAtPHmPRn0w6DfDvQyCld3s9OEChRANCAARGb0G/aSo84oZgMGFVai28tGP+86bt\n"
    "rJYmymmIqcsNn3G4Kex4MfEDao6RkZMomeEkXgPbNufDhe3LeUjxwyXd\n";
inline constexpr std::string_view curve_key_sec1_compressed =
    "MFcCAQEEIEn7BjAH0SaZSgGNRgALTx5j0Z9MOg3w70MgpXd7PThAoAoGCCqGSM49\n"
    "AwEHoSQDIgADRm9Bv2kqPOKGYDBhVWotvLRj/vOm7ayWJsppiKnLDZ8=\n";
inline constexpr std::string_view other_curve_key =
    "MIGHAgEAMBMGByqGSM49AgEGCCqGSM49AwEHBG0wawIBAQQgJ8kRLi5+7LRvRjaU\n"
    "Z1E2x1U7f6p7aR+7JCZDAPuq9juhRANCAATBUJ64EpKknmamLh6J4dQSMyTFSfBJ\n"
    "hKuCttW8pbNKJ3cjRQVc8ir7Zy7EvVoBtko8zgzD8tffx0TyYcS8TwUb\n";
inline constexpr std::string_view other_curve_certificate =
    "MIIBbzCCARWgAwIBAgIUHxjBUH6F3cm3boUJt05m194s75wwCgYIKoZIzj0EAwIw\n"
    "DDEKMAgGA1UEAwwBYjAgFw0yNjExMjIwMDU1NDBaGA8yMDgxMDgyNTAwNTU0MFow\n"
    "DDEKMAgGA1UEAwwBYjBZMBMGByqGSM49AgEGCCqGSM49AwEHA0IABMFQnrgSkqSe\n"
    "ZqYuHonh1BIzJMVJ8EmEq4K21byls0ondyNFBVzyKvtnLsS9WgG2SjzODMPy19/H\n"
    "RPJhxLxPBRujUzBRMB0GA1UdDgQWBBQqSxUeCCbMJJkREoJLqjAXzv2vAzAfBgNV\n"
    "HSMEGDAWgBQqSxUeCCbMJJkREoJLqjAXzv2vAzAPBgNVHRMBAf8EBTADAQH/MAoG\n"
    "CCqGSM49BAMCA0gAMEUCIAgp7vr/L/f84DstD4jGSqRL2SKgnHv5b+zzB0dKqN7t\n"
    "AiEApCUJLKT7hbdv/BKp4CnaKeYWy3oppE8pAlPmw09nETU=\n";
inline constexpr std::string_view rsa_certificate =
    "MIIB9jCCAV+gAwIBAgIUHgC+8904FfhGHplCIl/TmRpYx3AwDQYJKoZIhvcNAQEL\n"
    "BQAwDDEKMAgGA1UEAwwBYTAgFw0yNjExMjIwMDI1MzJaGA8yMDgxMDgyNTAwMjUz\n"
    "MlowDDEKMAgGA1UEAwwBYTCBnzANBgkqhkiG9w0BAQEFAAOBjQAwgYkCgYEAmf2T\n"
    "CwnMDxwoEv/e6/t6I0XzasnZR1cXQmRCvUzpu+SR/A0R8o9a2ouJUj7/TXvNRBmG\n"
    "emCrpg3u6gAPiYaCkkgXYK56xn3V+1oNuXK7V5yQ9jfIQoQtwHr1sHMAKH/AJmLb\n"
    "t78V5kVCF7A4xkhNU/zTMAbSkZV3X3HJ0CDWa7UCAwEAAaNTMFEwHQYDVR0OBBYE\n"
    "FBimWE1xCASbDsDfg5GX7cZjiWoLMB8GA1UdIwQYMBaAFBimWE1xCASbDsDfg5GX\n"
    "7cZjiWoLMA8GA1UdEwEB/wQFMAMBAf8wDQYJKoZIhvcNAQELBQADgYEAeoDJdA3o\n"
    "B/bK/ykwmwHq2YkvVqQMHhSOdXHJfgDym5meIIUSfnL4aY1sZEWdKYWfIqTLe7p6\n"
    "G/AUP/kqp9KZouRCW8QQTQqNJ5K2cLeVEOpdAbJ2+JhHB2gknwd2Yv0qSfXBwcF1\n"
    "E6eFA17i+2mGHckyfEMhDi26DKi+jm5hv1Q=\n";
inline constexpr std::string_view rsa_key =
    "MIICdwIBADANBgkqhkiG9w0BAQEFAASCAmEwggJdAgEAAoGBAJn9kwsJzA8cKBL/\n"
    "3uv7eiNF82rJ2UdXF0JkQr1M6bvkkfwNEfKPWtqLiVI+/017zUQZhnpgq6YN7uoA\n"
    "D4mGgpJIF2CuesZ91ftaDblyu1eckPY3yEKELcB69bBzACh/wCZi27e/FeZFQhew\n"
    "OMZITVP80zAG0pGVd19xydAg1mu1AgMBAAECgYASLe6DGhf+HKvaelyd7WVg7qwr\n"
    "CkNdebmkO+PpJ0Bcz0IwyHY69ZObQ2flzswjIJ9+D6lhnzIEe5aeB33OFZQqc/hc\n"
    "rArxdrf3fjoixmnUTHj9LWvrrTaUDt3WFukfIIyzxBHjwCN2ZvkF1UMzAmNpxasb\n"
    "hAatJbjeHbp31+vXDQJBAMib/ftKy2GdWa32jnrbzCP9t/RqIjI1MQBT2uUmskmU\n"
    "W9vVBbZ7Xyr61rY5rgraXl/2Mt798VDFDmkAJllEZksCQQDEgliHU2awko6bdaqa\n"
    "R/I7SYCOtIxY6TLif4YNdkNuyjRy65HFqPgdtJULCRx9KX/RT7K0Jj9wvGFtFys9\n"
    "NTX/AkEAv29882zwoHpTthru5HcTW9Um0mrlrxvrYvCilsJSqLyW3DVwei9JJe6x\n"
    "LrvkRh8UqGZ9LScQPY+OrMyjy9Pl+QJAazZibpLGOBf9zjuIdNxEAKy9gx5mZCv3\n"
    "IzRIQxf++nc/3mNACQODO1HG71ptPKxjnCNLcJZdjnh4/zfg02gwqQJBAMGMM8e5\n"
    "b0A7tkizMnkrB86DPz3lA02j+a1fzr+1E6tqq+W/xyqwGLv7h3CDoZrpajfo/MaK\n"
    "6/K0v11zlAEOtwc=\n";
inline constexpr std::string_view rsa_key_pkcs1 =
    "MIICXQIBAAKBgQCZ/ZMLCcwPHCgS/97r+3ojRfNqydlHVxdCZEK9TOm75JH8DRHy\n"
    "j1rai4lSPv9Ne81EGYZ6YKumDe7qAA+JhoKSSBdgrnrGfdX7Wg25crtXnJD2N8hC\n"
    "hC3AevWwcwAof8AmYtu3vxXmRUIXsDjGSE1T/NMwBtKRlXdfccnQINZrtQIDAQAB\n"
    "AoGAEi3ugxoX/hyr2npcne1lYO6sKwpDXXm5pDvj6SdAXM9CMMh2OvWTm0Nn5c7M\n"
    "IyCffg+pYZ8yBHuWngd9zhWUKnP4XKwK8Xa39346IsZp1Ex4/S1r6602lA7d1hbp\n"
    "HyCMs8QR48Ajdmb5BdVDMwJjacWrG4QGrSW43h26d9fr1w0CQQDIm/37SsthnVmt\n"
    "9o5628wj/bf0aiIyNTEAU9rlJrJJlFvb1QW2e18q+ta2Oa4K2l5f9jLe/fFQxQ5p\n"
    "ACZZRGZLAkEAxIJYh1NmsJKOm3WqmkfyO0mAjrSMWOky4n+GDXZDbso0cuuRxaj4\n"
    "HbSVCwkcfSl/0U+ytCY/cLxhbRcrPTU1/wJBAL9vfPNs8KB6U7Ya7uR3E1vVJtJq\n"
    "5a8b62LwopbCUqi8ltw1cHovSSXusS675EYfFKhmfS0nED2PjqzMo8vT5fkCQGs2\n"
    "Ym6SxjgX/c47iHTcRACsvYMeZmQr9yM0SEMX/vp3P95jQAkDgztRxu9abTysY5wj\n"
    "S3CWXY54eP834NNoMKkCQQDBjDPHuW9AO7ZIszJ5KwfOgz895QNNo/mtX86/tROr\n"
    "aqvlv8cqsBi7+4dwg6Ga6Wo36PzGiuvytL9dc5QBDrcH\n";

inline std::string pem(std::string_view label, std::string_view body) {
    return "-----BEGIN " + std::string(label) + "-----\n" + std::string(body) + "-----END " + std::string(label) + "-----\n";
}

} // namespace wharf::partner::test_keys
