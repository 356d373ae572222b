"""What the demo businesses are called, whom they sell to, and what they sell."""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final


@dataclass(frozen=True, slots=True)
class Product:
    """Something sold: what a line says, its unit, its net price, and the tax on it by name."""

    description: str
    unit: str
    unit_price: str
    tax: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Business:
    """A demo organisation and its trade. Taxes are in percent by name."""

    name: str
    country: str
    currency: str
    timezone: str
    taxes: Mapping[str, str]
    cities: tuple[tuple[str, str], ...]  # each with a postal code
    streets: tuple[str, ...]
    companies: tuple[str, ...]
    persons: tuple[tuple[str, str], ...]
    products: tuple[Product, ...]
    mail_domain: str
    invoices: int
    is_test: bool = False


HARBOUR: Final = Business(
    name="Harbour Plumbing",
    country="AU",
    currency="AUD",
    timezone="Australia/Sydney",
    taxes=MappingProxyType({"GST": "10", "GST free": "0"}),
    cities=(("Sydney", "2000"), ("Newcastle", "2300"), ("Wollongong", "2500"), ("Manly", "2095")),
    streets=("George Street", "Pitt Street", "Crown Street", "Hunter Street", "The Corso"),
    companies=(
        "Bondi Beach Motel",
        "Corner Bakery",
        "Wattle Property Group",
        "Blue Gum Childcare",
        "Coastal Strata Services",
        "Redfern Brewing",
        "Kookaburra Dental",
        "Southern Cross Storage",
        "Marrickville Ceramics",
        "Ironbark Builders",
        "Paperbark Books",
        "Lantana Aged Care",
        "Surry Hills Laundry",
        "Mulberry Fitness",
        "Jacaranda Real Estate",
        "Gumnut Montessori",
        "Silver Fern Catering",
        "Dockside Marine",
        "Banksia Veterinary Clinic",
        "Federation Hotel",
    ),
    persons=(
        ("Grace", "Nguyen"),
        ("Liam", "O'Brien"),
        ("Priya", "Raman"),
        ("Tom", "Whitfield"),
        ("Mei", "Tanaka"),
        ("Jack", "Kelly"),
        ("Sofia", "Rossi"),
        ("Noah", "Campbell"),
        ("Isla", "Murphy"),
        ("Hamish", "Reid"),
    ),
    products=(
        Product("Call-out, first hour", "hour", "145.00", "GST"),
        Product("Plumbing labour", "hour", "118.00", "GST"),
        Product("Hot water system, 315 litres", "each", "1689.00", "GST"),
        Product("Blocked drain, camera inspection", "each", "285.00", "GST"),
        Product("Copper pipe, 15 mm", "metre", "13.4500", "GST"),
        Product("Mixer tap, supply and fit", "each", "264.50", "GST"),
        Product("Backflow test and certificate", "each", "198.00", "GST"),
        Product("Water efficiency advice (grant funded)", "each", "90.00", "GST free"),
        Product("Gas fitting labour", "hour", "132.00", "GST"),
        Product("Toilet suite, supply and fit", "each", "612.00", "GST"),
    ),
    mail_domain="customers.example",
    invoices=410,
)

LUMIERE: Final = Business(
    name="Atelier Lumière",
    country="FR",
    currency="EUR",
    timezone="Europe/Paris",
    taxes=MappingProxyType({"TVA 20 %": "20", "TVA 10 %": "10", "TVA 5,5 %": "5.5"}),
    cities=(("Paris", "75011"), ("Lyon", "69002"), ("Nantes", "44000"), ("Lille", "59800")),
    streets=("rue de la Roquette", "quai Saint-Antoine", "rue Crébillon", "rue Esquermoise"),
    companies=(
        "Hôtel du Canal",
        "Café des Arts",
        "Galerie Vasseur",
        "Librairie Ombrelle",
        "Théâtre du Passage",
        "Maison Garnier",
        "Clinique des Lilas",
        "Studio Belleville",
    ),
    persons=(("Élise", "Moreau"), ("Hugo", "Lefèvre"), ("Inès", "Benali"), ("Paul", "Girard")),
    products=(
        Product("Conception lumière", "heure", "95.00", "TVA 20 %"),
        Product("Pose et réglage", "heure", "62.00", "TVA 10 %"),
        Product("Suspension en laiton", "pièce", "480.00", "TVA 20 %"),
        Product("Rénovation énergétique de l'éclairage", "forfait", "1250.00", "TVA 5,5 %"),
        Product("Lampe de bureau restaurée", "pièce", "210.00", "TVA 20 %"),
    ),
    mail_domain="clients.example",
    invoices=60,
)

KERERU: Final = Business(
    name="Kererū Cycles",
    country="NZ",
    currency="NZD",
    timezone="Pacific/Auckland",
    taxes=MappingProxyType({"GST": "15", "Zero rated": "0"}),
    cities=(("Wellington", "6011"), ("Auckland", "1010"), ("Nelson", "7010")),
    streets=("Cuba Street", "Queen Street", "Trafalgar Street"),
    companies=(
        "Tūī Couriers",
        "Harbour City Tours",
        "Mānuka Lodge",
        "Pōhutukawa School",
        "Southerly Coffee",
        "Rimu Outdoors",
    ),
    persons=(("Aroha", "Ngata"), ("Ben", "Fraser"), ("Lily", "Chen"), ("Sione", "Tuala")),
    products=(
        Product("Full service", "each", "165.00", "GST"),
        Product("Workshop labour", "hour", "92.00", "GST"),
        Product("Cargo bicycle", "each", "3890.00", "GST"),
        Product("Wheel build", "each", "240.00", "GST"),
        Product("Bicycle for export", "each", "1450.00", "Zero rated"),
    ),
    mail_domain="riders.example",
    invoices=30,
)

SANDBOX: Final = Business(
    name="Sandbox Café",
    country="AU",
    currency="AUD",
    timezone="Australia/Melbourne",
    taxes=MappingProxyType({"GST": "10", "GST free": "0"}),
    cities=(("Melbourne", "3000"), ("Geelong", "3220"), ("Ballarat", "3350")),
    streets=("Trial Street", "Example Lane", "Rehearsal Road"),
    companies=(
        "Example Events",
        "Pretend Publishing",
        "Mockingbird Music",
        "Specimen Studios",
        "Draft Brewing",
        "Placeholder Hotels",
    ),
    persons=(("Test", "Tester"), ("Demi", "Demo"), ("Sam", "Sample"), ("Eve", "Example")),
    products=(
        Product("Catering, per guest", "each", "38.00", "GST"),
        Product("Barista for the day", "day", "420.00", "GST"),
        Product("Coffee beans, house blend", "kg", "46.00", "GST free"),
        Product("Room hire", "hour", "85.00", "GST"),
    ),
    mail_domain="sandbox.example",
    invoices=60,
    is_test=True,
)

BUSINESSES: Final = (HARBOUR, LUMIERE, KERERU, SANDBOX)
