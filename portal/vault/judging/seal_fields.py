"""The data that a 2D-Doc may hold: each identifier, with its alphabet and its length.

As in the technical specification of the 2D-Doc, version 3.3.8, perimeter 01, through the public
transcription of it by the library `tddoc`; not read in the specification itself. Nothing of the
portal's depends on a value: the table serves to refuse what is not written as it should be.
"""

import re
from dataclasses import dataclass

# Identifier, alphabet, length or least and most; "-" alone has no other limit than the code's.
_WRITTEN = """
01A0- 02A0- 03A0- 04A0- 05A0- 06H4 07N6 08H4 09N4 0AN9 0BN9 0CS0- 0DU36 10S0-38 11Z0-38 12Z0-38
13Z0-38 14S0-38 15Z0-38 16Z0-38 17Z0-38 18S0- 19S0- 1AS0- 1BS0- 1CD8 1DC0-16 1EP0-30 1FP0-30
1GN1 1HN1 1IS0-38 1JZ0-38 1KZ0-38 1LZ0-38 1MS0-38 1NZ0-38 1OZ0-38 1PZ0-38 20S0-38 21S0-38
22S0-38 23S0-38 24N5 25Z0-32 26A2 27S0-38 28S0-38 29S0-38 2AS0-38 2BN5 2CZ0-32 2DA2 30S0-140
31S14-38 32S8-11 33S0-30 34A2 35S14-34 36H4 37H4 38C0-11 39C0-11 40N13 41N0-12 42Z0- 43C0-5
44S13 45N4 46Z0-38 47N13 48Z0-38 49N13 4AZ8 4BD8 4CD8 4DN0-12 4EN0-12 4FS15 4GS0-38 4HS0-77
4IN0-12 4JN0-12 4KS0-38 4LS0-38 4MC0-3 4NZ0-38 4OZ0-38 4PN5 4QZ0-32 4RZ0-30 4SN4 4TZ0-30
4US0-38 4VN0-10 4WN0-10 4XN0-10 4YS1-155 4ZN0-10 50N14 51C6 52C7 53H4 54H4 55D8 56D8 57D8
58C0-11 59C0-12 5AC0-11 5BC0-12 5CC0-11 5DS0-38 5ES0-38 5FS0-38 5GS0-38 5HN5 5IZ0-32 5JA2
5KS0-50 5LS9-14 5MS0-38 5NN21 5OZ0-38 5PZ0-38 5QZ0-38 5RZ0-38 5SZ0-40 5TZ1 5US0-12 60Z0-60
61Z0-20 62Z0-38 63Z0-38 64Z0-38 65Z2 66S0-20 67A2 68Z1 69D8 6AZ0-32 6BS3 6CA2 6DS0-60 6ES0-60
6FS0-90 6GZ1-38 6HZ1-10 6IA2 6JN1 6KN19 6LD8 6MZ0-40 6ND8 6OD8 6PZ0-40 6QS0-10 6RS12 6SS0-38
6TS0-38 6US0-38 6VS0-38 6WN5 6XZ0-32 6YA2 6ZS9-11 70T12 71T12 72Z1-38 73Z0-60 74Z0-38 75D8 76Z1
77Z0-45 78N5 79S0-114 7AN5 7BZ0-45 7CN1 7DZ1 7EN1 7FN1 7GN1 7HH2 7IN1 7JN1 7KS13 7LS9 7MS0-64
7NS0-128 7ON1 7PS16 87Z0-63 88N5-10 89S1-64 8AD8 8BN5-10 80Z0-38 81Z0-60 82S0-20 83S0-40
84S0-40 85S17 86S12 90Z0-38 91Z0-38 92Z0-38 93Z0-38 94S0-38 95S0-18 96D8 A0A2 A1S0-17 A2S0-17
A3S0-17 A4S17 A5S3 A6S2 A7H3 A8S0-12 A9A3 AAD8 ABS0-8 ACS0-19 ADH4 AEN4 AFS1 AGS1 AHS0-30 AID8
AJS13 AKN7 ALS11 AMS0-5 ANN8 AON6 APZ0-60 AQS0-25 ARS0-35 ASZ0-10 ATN1 AUS0-38 AVS0-38 AWS0-38
AXS0-38 AYN5 AZZ0-32 B0Z0-60 B1Z0-20 B2Z0-38 B3Z0-38 B4Z0-38 B5A2 B6Z1 B7D8 B8S0-32 B9A2 BAN1
BBS0-50 BCS0-20 BDN1 BEN3 BFH3 BGZ2 BHS0-30 BIS0-30 BJS0-30 BKS14 C0Z1 C1Z0-38 C2Z0-20 C3T12
C4D8 C5Z1 C6Z0-38 C7Z0-20 C8S0-38 C9N5 CAZ0-45 CBN10 CCT12 D0A17 D1A0-50 D2S0-20 D3D8 D4D8
D5A8-10 D6N8 D7D8 D8N2 D9D8 DAN8 DBZ0-50 DCZ0-50 DDD8 DES0-50 DFN9 DGN14 DHS0-20 DIS4-30
DJZ0-50 DKZ0-50 DLD8 DMS0-50 DNN9 DON14 DPS0-20 DQZ0-50 DRZ0-50 DSD8 DTS0-50 DUN9 DVN14 DWS0-50
DXS4-30 DYN3 DZS0-10 H0N0-38 H1Z2 H2Z0-38 H3Z2 H4D8 H5D8 H6N0-40 H7P0-53 H8N7 H9N8 HAN8 HBN9
HCZ0-38 HDZ0-38 HEZ0-38 HFZ0-38 HGZ0-38 HHS0-20 HIZ0-38 HJP5 HKZ0-32 HLZ2 HMZ15-18 HNT12 HOD8
HPZ12 HQN2 HRN2 HSN2 F0A0-38 F1A0-60 F2D8 F3Z1 F4S3-7 F5Z1 F6T12 L0A0-80 L1A0-80 L2D8 L3A0-30
L4A5-15 L5A5-30 L6A5-30 L7N1 L8N1 L9D8 LAZ2 G0Z2 G1Z2 G2S0-20 G3D8 G4C0-10 G5S0-45 E0S2 E1H4
E2H4 E3H4 E4Z3 E5N2 E6S0-65 E7N9 E8T12 I0D4 I1N7 I2S16 I3S1-54 I4S1-37 I5S5-13 I6N11
"""
_ALPHABETS = {
    "A": r"[\x20-\x7e]*",
    "C": r"[0-9,.-]*",
    "D": r"[0-3][0-9][01][0-9]{5}",
    "H": r"[0-9A-F]*",
    "N": r"[0-9]*",
    "P": r"[0-9 /]*",
    "S": r"[A-Z0-9 /@'.-]*",
    "T": r"[0-3][0-9][01][0-9]{5}[0-2][0-9][0-5][0-9]",
    "U": r"[0-9A-F -]*",
    "Z": r"[A-Z /]*",
}


@dataclass(frozen=True)
class Field:
    """How the value of an identifier is written."""

    alphabet: re.Pattern[str]
    least: int
    most: int | None

    @property
    def is_fixed(self) -> bool:
        """Whether the value ends by its length alone."""
        return self.least == self.most


def _field(written: str) -> Field:
    least, dash, most = written[3:].partition("-")
    longest = int(most) if most else None if dash else int(least)
    return Field(re.compile(_ALPHABETS[written[2]]), int(least), longest)


FIELDS = {written[:2]: _field(written) for written in _WRITTEN.split()}
# What a document of this kind always says; kinds not named here may leave anything out.
ALWAYS = {
    "13": frozenset(
        {
            *("60", "62", "63", "67", "68", "69", "6A", "6C"),
            *("6J", "6K", "6L", "6P", "6Q", "6U", "6W", "6X"),
        }
    ),
}
