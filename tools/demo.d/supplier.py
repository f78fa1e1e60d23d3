"""The partner: reads our order as X12 and writes the answers a supplier would send."""

import dataclasses
import datetime

US, THEM = "EXAMPLEBUYER", "ACMESUPPLIES"


def segments(interchange: str) -> list[list[str]]:
    element, terminator = interchange[3], interchange[105]
    return [segment.strip().split(element) for segment in interchange.split(terminator) if segment.strip()]


@dataclasses.dataclass
class Order:
    number: str
    date: str
    group: str
    set: str
    lines: list[list[str]]  # PO1 segments

    @staticmethod
    def read(interchange: str) -> "Order":
        order = Order("", "", "", "", [])
        for segment in segments(interchange):
            if segment[0] == "GS":
                order.group = segment[6]
            elif segment[0] == "ST":
                order.set = segment[2]
            elif segment[0] == "BEG":
                order.number, order.date = segment[3], segment[5]
            elif segment[0] == "PO1":
                order.lines.append(segment)
        return order


class Supplier:
    """Numbers its interchanges from 1, as every sender does."""

    def __init__(self) -> None:
        self._number = 0
        self.today = datetime.date.today().strftime("%Y%m%d")

    def interchange(self, functional_id: str, sets: list[tuple[str, list[str]]]) -> str:
        self._number += 1
        number, now = f"{self._number:09}", datetime.datetime.now()
        out = [f"ISA*00*          *00*          *ZZ*{THEM:15}*ZZ*{US:15}*{now:%y%m%d}*{now:%H%M}*U*00401*{number}*0*P*>",
               f"GS*{functional_id}*{THEM}*{US}*{now:%Y%m%d}*{now:%H%M}*{self._number}*X*004010"]
        for position, (set_id, body) in enumerate(sets, 1):
            out += [f"ST*{set_id}*{position:04}", *body, f"SE*{len(body) + 2}*{position:04}"]
        out += [f"GE*{len(sets)}*{self._number}", f"IEA*1*{number}"]
        return "~\n".join(out) + "~\n"

    def receipt(self, order: Order) -> str:
        """997: the order has arrived and is well-formed."""
        return self.interchange("FA", [("997", [f"AK1*PO*{order.group}", f"AK2*850*{order.set}", "AK5*A", "AK9*A*1*1*1"])])

    def acknowledgment(self, order: Order) -> str:
        """855: everything will be delivered."""
        body = [f"BAK*00*AD*{order.number}*{order.date}****SO-88001*{self.today}"]
        for line in order.lines:
            body += ["*".join(line), f"ACK*IA*{line[2]}*{line[3]}*068*{self.today}"]
        return self.interchange("PR", [("855", [*body, f"CTT*{len(order.lines)}"])])

    def ship_notice(self, order: Order) -> str:
        """856: one carton for each line."""
        body = [f"BSN*00*SN-5501*{self.today}*1015*0001", "HL*1**S", "TD5*O*2*ODFL*M*GROUND SERVICE", "REF*BM*BOL-77001",
                f"DTM*011*{self.today}", "N1*ST*EXAMPLE BUYER WAREHOUSE*92*0417", "HL*2*1*O", f"PRF*{order.number}***{order.date}"]
        level = 2
        for line, sscc in zip(order.lines, ("00306141410000000015", "00306141410000000022")):
            body += [f"HL*{level + 1}*2*P", f"MAN*GM*{sscc}",
                     f"HL*{level + 2}*{level + 1}*I", f"LIN*{line[1]}*{line[6]}*{line[7]}", f"SN1*{line[1]}*{line[2]}*{line[3]}"]
            level += 2
        return self.interchange("SH", [("856", [*body, f"CTT*{level}"])])

    def invoice_body(self, order: Order, number: str, lines: list[list[str]]) -> list[str]:
        body = [f"BIG*{self.today}*{number}*{order.date}*{order.number}"]
        cents = 0
        for line in lines:
            quantity, price = line[2], line[4]
            body.append(f"IT1*{line[1]}*{quantity}*{line[3]}*{price}**{line[6]}*{line[7]}")
            if quantity.isdigit():
                cents += int(quantity) * round(float(price) * 100)
        return [*body, f"TDS*{cents}", f"CTT*{len(lines)}"]

    def invoice(self, order: Order) -> str:
        return self.interchange("IN", [("810", self.invoice_body(order, "INV-9001", order.lines))])

    def mixed_invoices(self, order: Order) -> str:
        """Two invoices in one group; in the second a letter O stands where a zero should."""
        broken = [[*order.lines[0][:4], "12.5O", *order.lines[0][5:]]]
        bodies = [self.invoice_body(order, "INV-9002", order.lines[:1]),
                  [segment for segment in self._broken_body(order, broken)]]
        return self.interchange("IN", [("810", body) for body in bodies])

    def _broken_body(self, order: Order, lines: list[list[str]]) -> list[str]:
        line = lines[0]
        return [f"BIG*{self.today}*INV-9003*{order.date}*{order.number}",
                f"IT1*{line[1]}*{line[2]}*{line[3]}*{line[4]}**{line[6]}*{line[7]}", "TDS*30000", "CTT*1"]
