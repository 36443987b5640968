"""2D-Doc codes and passports as authorities print them, made on the spot with keys of our own."""

import base64
import datetime as dt
import io
from pathlib import Path
from types import SimpleNamespace

import zxingcpp
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature
from cryptography.x509.oid import NameOID
from PIL import Image, ImageDraw, ImageFont

from portal.core.check_digits import check_digit

DAY_ZERO = dt.date(2000, 1, 1)
SIGNED_ON = dt.date(2026, 9, 1)
BILL = "10MME BENALI NADIA\x1d22 12 RUE DES LILAS\x1d243400025MONTPELLIER\x1d26FR"
FONT = Path("/usr/share/fonts/opentype/ocr-b/OCRB.otf")


def _at(day):
    return dt.datetime.combine(day, dt.time(), dt.UTC)


def certified(name, *, by=None, first=dt.date(2025, 1, 1), last=dt.date(2028, 1, 1), ca=False):
    """A key and its certificate, by an authority or by itself."""
    key = ec.generate_private_key(ec.SECP256R1())
    subject = x509.Name(
        [
            x509.NameAttribute(NameOID.COMMON_NAME, name),
            x509.NameAttribute(NameOID.ORGANIZATION_NAME, "Énergie d’essai"),
        ]
    )
    certificate = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(by.certificate.subject if by else subject)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(_at(first))
        .not_valid_after(_at(last))
        .add_extension(x509.BasicConstraints(ca=ca, path_length=None), critical=True)
        .sign(by.key if by else key, hashes.SHA256())
    )
    return SimpleNamespace(name=name, key=key, certificate=certificate)


def configured(settings, folder, *pairs, revoked=None, until=dt.date(2027, 6, 1)):
    """Believe the authorities of these (authority, signer) pairs; `revoked` makes their list."""
    settings.SEAL_FOLDER = str(folder)
    settings.SEAL_AUTHORITIES = [authority.name for authority, _signer in pairs]
    for authority, signer in pairs:
        for stem, one in ((authority.name, authority), (f"{authority.name}_{signer.name}", signer)):
            pem = one.certificate.public_bytes(serialization.Encoding.PEM)
            (folder / f"{stem}.pem").write_bytes(pem)
        if revoked is not None:
            (folder / f"{authority.name}.crl").write_bytes(_list_of(authority, revoked, until))


def _list_of(authority, revoked, until):
    listed = (
        x509.CertificateRevocationListBuilder()
        .issuer_name(authority.certificate.subject)
        .last_update(_at(dt.date(2026, 1, 1)))
        .next_update(_at(until))
    )
    for one in revoked:
        line = x509.RevokedCertificateBuilder().serial_number(one.certificate.serial_number)
        listed = listed.add_revoked_certificate(line.revocation_date(_at(SIGNED_ON)).build())
    return listed.sign(authority.key, hashes.SHA256()).public_bytes(serialization.Encoding.DER)


def code(authority, signer, content=BILL, *, kind="01", issued=SIGNED_ON, signed=SIGNED_ON):
    """What the bars of a document hold."""
    days = "".join(f"{(day - DAY_ZERO).days:04X}" for day in (issued, signed))
    said = f"DC04{authority.name}{signer.name}{days}{kind}01FR{content}"
    r, s = decode_dss_signature(signer.key.sign(said.encode(), ec.ECDSA(hashes.SHA256())))
    signature = base64.b32encode(r.to_bytes(32) + s.to_bytes(32)).decode().rstrip("=")
    return f"{said}\x1f{signature}".encode()


def page(data: bytes, *, lean=0.0, quality=85) -> bytes:
    """A photograph of a page that bears these bars, held not quite straight."""
    bars = zxingcpp.create_barcode(data, zxingcpp.BarcodeFormat.DataMatrix).to_image(scale=5)
    paper = Image.new("L", (1240, 1754), 255)
    paper.paste(Image.fromarray(bars), (500, 300))
    pen = ImageDraw.Draw(paper)
    for line in range(40):
        pen.text((100, 800 + line * 20), "Facture du mois, montant, adresse de livraison", fill=40)
    return _photographed(paper, lean, quality)


def passport_lines(ends_on="261120"):
    """The lines of a passport that ends on this day."""
    second = "12AB34567" + check_digit("12AB34567") + "DZA" + "900307" + check_digit("900307")
    second += "F" + ends_on + check_digit(ends_on) + "<" * 14 + "0"
    second += check_digit(second[:10] + second[13:20] + second[21:43])
    return "P<DZABENALI<<NADIA".ljust(44, "<"), second


def passport(ends_on="261120", *, lean=0.0, quality=80) -> bytes:
    """A photograph of the page of a passport."""
    paper = Image.new("L", (2000, 1500), 225)
    pen, font = ImageDraw.Draw(paper), ImageFont.truetype(FONT, 58)
    for row, line in enumerate(passport_lines(ends_on)):
        pen.text((80, 1150 + row * 105), line, font=font, fill=25)
    for row in range(8):
        pen.text((800, 100 + row * 100), "Nom / Surname  BENALI", font=font, fill=60)
    return _photographed(paper, lean, quality)


def _photographed(paper, lean, quality):
    out = io.BytesIO()
    turned = paper.rotate(lean, fillcolor=120, resample=Image.Resampling.BICUBIC)
    turned.convert("RGB").save(out, "JPEG", quality=quality)
    return out.getvalue()
