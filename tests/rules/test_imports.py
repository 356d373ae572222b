"""Each floor imports only the floors below it, and every room is on some floor."""

from configparser import ConfigParser

from importlinter.cli import lint_imports

from tests.rules.source import ROOT


def test_the_import_contracts_hold(monkeypatch, capsys):
    monkeypatch.chdir(ROOT)

    code = lint_imports(config_filename="setup.cfg", no_cache=True)

    assert code == 0, capsys.readouterr().out


def test_no_room_stands_outside_the_floors():
    config = ConfigParser()
    config.read(ROOT / "setup.cfg")

    for contract in ("floors", "domains"):
        assert config[f"importlinter:contract:{contract}"].getboolean("exhaustive")
