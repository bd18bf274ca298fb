#!/usr/bin/env python3
"""Provider data files in Sources/GatewayCore/Catalog/data, and what the binary embeds of them.

  catalog.py import FACTS   merge FACTS/providers.json and FACTS/models.json into the data files;
                            fields, quirks and refusals that only the data files have (OWN_…) stay
  catalog.py embed          write the tables in Sources/CCatalog from the data files
  catalog.py check          exit 1 when the tables are not what `embed` would write

In a data file prices are decimal text: US dollars per million tokens, or per unit where the name says the
unit. In the tables they are whole picodollars per token or unit. Nothing passes through a float.
"""
import json
import re
import sys
from decimal import Decimal
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
DATA = ROOT / "Sources/GatewayCore/Catalog/data"
TABLES = ROOT / "Sources/CCatalog"
PER_MILLION = {  # prices per token; every other price is per the unit in its name
    "input", "output", "cache_read", "cache_write", "cache_write_1h", "cache_read_explicit", "reasoning", "citation",
    "audio_input", "audio_output", "audio_cache_read", "audio_cache_write", "image_input", "image_output",
    "image_cache_read", "video_input", "video_output",
}
OWN_FIELDS = ("default_rank", "default_model", "signing_service", "dialect_by_model")
OWN_QUIRKS = (
    "embedding_dimensions_param", "embedding_encoding_param", "embedding_input_param", "embedding_purpose_param",
    "embedding_purposes", "embedding_truncate_param", "required_headers", "takes_cache_control", "thought_signatures",
    "tool_call_ids")
OWN_REFUSALS = ("thinking_off",)  # of a model's `no`
PROVIDER_FIELDS = (
    "id", "name", "aliases", "dialect", "base_url", "also", "base_url_env", "alt_base_url", "beta_base_url",
    "native_base_url", "api_key_env", "env", "auth", "signing_service", "endpoints", "models_path", "quirks", "local", "port",
    "dialect_by_model", "default_rank", "default_model", "price_defaults", "docs_url", "origin", "evidence", "source", "checked",
)
NOT_EMBEDDED = ("evidence", "source", "models")


def dollars(name, picodollars):
    """Whole picodollars as decimal text: per million tokens for token prices, else per unit."""
    power = 6 if name in PER_MILLION else 12
    text = f"{Decimal(picodollars).scaleb(-power):f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def picodollars(where, name, text):
    if not isinstance(text, str) or not re.fullmatch(r"\d+(\.\d+)?", text):
        sys.exit(f"{where}: price {name}: {text!r} is not decimal text such as \"2.50\"")
    value = Decimal(text).scaleb(6 if name in PER_MILLION else 12)
    if value != int(value):
        sys.exit(f"{where}: price {name}: {text} is not a whole number of picodollars")
    return int(value)


def with_prices(row, convert):
    """A copy of `row` with `convert(name, value)` applied to every price in it, at any depth."""
    result = {}
    for key, value in row.items():
        if key == "price":
            value = {name: convert(name, amount) for name, amount in value.items()}
        elif key in ("tiers", "service", "off_peak"):
            parts = value if key == "tiers" else value.values() if key == "service" else [value]
            parts = [with_prices(part, convert) for part in parts]
            value = parts if key == "tiers" else dict(zip(value, parts)) if key == "service" else parts[0]
        result[key] = value
    return result


def compact(value):
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


def write_data_file(path, provider, models):
    """One field a line and one model a line, so that a change is one line of a diff."""
    fields = [(key, provider[key]) for key in PROVIDER_FIELDS if key in provider]
    lines = [f"  {json.dumps(key)}: {json.dumps(value, ensure_ascii=False)}" for key, value in fields]
    rows = [f"    {json.dumps(name, ensure_ascii=False)}: {json.dumps(row, ensure_ascii=False)}"
            for name, row in sorted(models.items())]
    lines.append('  "models": {' + ("\n" + ",\n".join(rows) + "\n  " if rows else "") + "}")
    path.write_text("{\n" + ",\n".join(lines) + "\n}\n", encoding="utf-8")


def import_facts(folder):
    providers = json.loads((folder / "providers.json").read_text(encoding="utf-8"))["providers"]
    catalogue = json.loads((folder / "models.json").read_text(encoding="utf-8"))
    models = {}
    for key, row in catalogue["models"].items():
        provider, _, name = key.partition("/")
        row = with_prices(row, dollars)
        if "ref" in row:
            row["ref"] = catalogue["refs"][row["ref"]]
        models.setdefault(provider, {})[name] = row
    DATA.mkdir(parents=True, exist_ok=True)
    for name in sorted(set(providers) | set(models)):
        path = DATA / f"{name}.json"
        known = json.loads(path.read_text(encoding="utf-8")) if path.exists() else {}
        provider = dict(providers.get(name) or {"id": name, "name": name, "aliases": [], "origin": "prices"})
        provider.update({key: known[key] for key in OWN_FIELDS if key in known})
        own = {key: known["quirks"][key] for key in OWN_QUIRKS if key in known.get("quirks", {})}
        if own:
            provider["quirks"] = dict(sorted({**provider.get("quirks", {}), **own}.items()))
        provider["checked"] = catalogue["generated"]
        if name in catalogue["defaults"]:
            provider["price_defaults"] = catalogue["defaults"][name]
        keep_refusals(known.get("models", {}), models.get(name, {}))
        write_data_file(path, provider, models.get(name, {}))


def keep_refusals(known, models):
    for name, row in models.items():
        own = {word for word in known.get(name, {}).get("no", []) if word in OWN_REFUSALS}
        if own:
            row["no"] = sorted(own.union(row.get("no", [])))


def tables():
    """The text of each table: lines of `key TAB value`, sorted by the bytes of the key."""
    providers, models = {}, {}
    for path in sorted(DATA.glob("*.json")):
        entry = json.loads(path.read_text(encoding="utf-8"))
        name = entry["id"]
        if path.stem != name:
            sys.exit(f"{path.name}: its id is {name!r}")
        row = {key: value for key, value in entry.items() if key not in NOT_EMBEDDED}
        for key, value in [(name, compact(row))] + [(alias, "=" + name) for alias in entry["aliases"]]:
            if key in providers:
                sys.exit(f"{path.name}: the name {key!r} is taken")
            providers[key] = value
        for model, row in entry["models"].items():
            where = f"{path.name}: {model}"
            row = with_prices(row, lambda price, text: picodollars(where, price, text))
            aliases = row.pop("aliases", [])
            models[f"{name}/{model}"] = compact(row)
            for alias in aliases:
                models.setdefault(f"{name}/{alias}", "=" + model)
    for table in (providers, models):
        for key, value in table.items():
            if re.search(r"[\t\n]", key + value):
                sys.exit(f"{key!r}: a tab or a line end cannot be embedded")
    return {file: "".join(f"{key}\t{table[key]}\n" for key in sorted(table, key=str.encode))
            for file, table in (("providers.tsv", providers), ("models.tsv", models))}


def main(arguments):
    if len(arguments) == 2 and arguments[0] == "import":
        import_facts(Path(arguments[1]))
    elif arguments == ["embed"]:
        for file, text in tables().items():
            (TABLES / file).write_text(text, encoding="utf-8")
    elif arguments == ["check"]:
        stale = [file for file, text in tables().items()
                 if not (TABLES / file).exists() or (TABLES / file).read_text(encoding="utf-8") != text]
        if stale:
            sys.exit(f"out of step with the data files: {', '.join(stale)}. Run `make catalog`")
    else:
        sys.exit(__doc__)


main(sys.argv[1:])
