"""How right answers are: gold mentions beside what was found, and every measure counted from those pairs.

The measures follow Gritta, Pilehvar and Collier (2020), "A pragmatic guide to geoparsing evaluation". A country is
judged by its code, because the middle of a large one differs by a thousand kilometres between sources.
"""

import math
from bisect import bisect_right
from collections.abc import Iterator
from functools import lru_cache

import numpy as np
import pandas as pd

from helpers.gazetteer import fold
from helpers.names import lexicon_forms
from helpers.ranking import AREAS

WITHIN_KM = 161  # 100 miles, the literature's bound for "the right place"
FARTHEST_KM = 20_039  # half of Earth's circumference: the error of a mention left without an answer
LEVEL_KM = {"admin2": 50, "lake": 25, "pass": 25}  # other areas and provinces 161, towns and buildings 25
SAME_MENTION = 10  # characters between the middles of a gold and a found span that are one mention
ALIASES = dict.fromkeys(("GPE", "LOC", "FAC", "LOCATION", "FACILITY"), "PLACE")
ALIASES |= {"PER": "PERSON", "ORGANISATION": "ORG", "ORGANIZATION": "ORG"}
KINDS, TONES = ("PERSON", "ORG", "PLACE"), ("negative", "neutral", "positive")
FIELDS = (
    "start",
    "end",
    "text",
    "role",
    "feature",
    "country",
    "geonames_id",
    "lat",
    "lon",
    "name",
    "confidence",
    "reason",
)
COLUMNS = ["measure", "value", "low", "high", "n"]
RATIOS = {  # what is summed above and below the line; F is twice the hits by what was asked and what was found
    "recognition exact, precision": (["exact"], ["found"]),
    "recognition exact, recall": (["exact"], ["asked"]),
    "recognition exact, F": (["exact", "exact"], ["asked", "found"]),
    "recognition exact without demonyms, F": (["exact_name", "exact_name"], ["asked_name", "found_name"]),
    "recognition lenient, F": (["paired", "paired"], ["asked", "found"]),
    "end to end, within 161 km": (["right"], ["placed"]),
    "end to end, same GeoNames id": (["same_id"], ["has_id"]),
    "end to end, right to its level": (["level_right"], ["has_level"]),
    "found and placed, within 161 km": (["near"], ["measured"]),
    "roles, accuracy": (["role_right"], ["has_role"]),
} | {f"entities {kind}, F": ([f"{kind} hit"] * 2, [f"{kind} asked", f"{kind} found"]) for kind in (*KINDS, "all")}


def _crosses(a: dict, b: dict) -> bool:
    return a["start"] < b["end"] and b["start"] < a["end"]


def _apart(a: dict, b: dict) -> float:
    return abs(a["start"] + a["end"] - b["start"] - b["end"]) / 2


def pair_up(gold: list[dict], found: list[dict]) -> Iterator[tuple[dict, dict]]:
    """Each gold mention with the found one that is it, or {}; then what was found beyond. Equal spans go first."""
    left = {(f["start"], f["end"]): f for f in found}
    for g, f in [(g, left.pop((g["start"], g["end"]), {})) for g in gold]:
        alike = [n for n in left.values() if n["text"].lower() == g["text"].lower() or _crosses(g, n)]
        near = min(alike, key=lambda n, g=g: _apart(g, n)) if alike and not f else {}
        yield g, left.pop((near["start"], near["end"])) if near and _apart(g, near) < SAME_MENTION else f
    yield from (({}, f) for f in left.values())


@lru_cache(1)
def demonyms() -> frozenset[str]:
    """Every form the lexicons know for a people, folded."""
    return frozenset(form for form, meant in lexicon_forms()[1].items() if meant.kind == "demonym")


def kilometres(pairs: pd.DataFrame) -> pd.Series:
    """Great-circle distance between the gold and the found point (haversine, R = 6371 km); nan where one is missing."""
    lat1, lon1, lat2, lon2 = (np.radians(pairs[c].astype(float)) for c in ("gold_lat", "gold_lon", "lat", "lon"))
    half = np.sin((lat2 - lat1) / 2) ** 2 + np.cos(lat1) * np.cos(lat2) * np.sin((lon2 - lon1) / 2) ** 2
    return 12_742 * np.arcsin(np.sqrt(half.clip(upper=1)))


def compare(gold: list[dict], records: list[dict]) -> pd.DataFrame:
    """A row for every gold mention and for every one found beyond them: gold_start beside start, see `judge`."""
    rows = []
    for known, record in zip(gold, records, strict=True):
        found = [f for f in record["places"] if not any(_crosses(f, g) for g in known["ignored"])]
        starts = [sentence["start"] for sentence in record["sentences"]]
        for g, f in pair_up(known["mentions"], found):
            number = bisect_right(starts, (g or f)["start"]) - 1
            sentence = " ".join(record["sentences"][max(0, number)]["text"].split()) if starts else ""
            row = {"article_id": known["id"], "sentence": sentence, "asked": bool(g), "found": bool(f)}
            rows.append(
                row | {f"gold_{field}": g.get(field) for field in FIELDS} | {field: f.get(field) for field in FIELDS}
            )
    names = ["article_id", "sentence", "asked", "found", *(f"gold_{field}" for field in FIELDS), *FIELDS]
    return judge(pd.DataFrame(rows, columns=names).astype({"asked": bool, "found": bool}))


def judge(pairs: pd.DataFrame) -> pd.DataFrame:
    """The pairs with a column of yes and no for everything that is counted, and the distance in km."""
    p = pairs.copy()
    p["gold_role"] = p.gold_role.replace("region", "literal")  # some gold files tell regions apart
    p["km"], p["placed"], p["paired"] = kilometres(p), p.gold_lat.notna(), p.asked & p.found
    p["exact"] = p.paired & (p.start == p.gold_start) & (p.end == p.gold_end)
    for side, side_role, text in (("asked", p.gold_role, p.gold_text), ("found", p.role, p.text)):
        p[f"{side}_name"] = p[side] & (side_role != "demonym") & ~text.fillna("").map(fold).isin(demonyms())
    p["exact_name"] = p.exact & p.asked_name & p.found_name
    p["measured"], p["near"], is_country = p.km.notna(), p.km <= WITHIN_KM, p.gold_feature == "country"
    same_country = p.country == p.gold_country
    p["right"] = p.placed & np.where(is_country, (p.feature == "country") & same_country, p.near)
    p["has_id"] = p.placed & p.gold_geonames_id.notna()
    p["same_id"] = p.has_id & (p.gold_geonames_id.astype(float) == p.geonames_id.astype(float))
    p["has_level"] = p.placed & p.gold_feature.notna() & p.asked_name
    limit = p.gold_feature.map({"admin1": WITHIN_KM} | dict.fromkeys(AREAS, WITHIN_KM) | LEVEL_KM).fillna(25)
    inside = p.right & (is_country | (p.km <= limit))
    p["level_right"] = p.has_level & inside & (same_country | (p.gold_feature != "admin1"))
    p["has_role"] = p.paired & p.gold_role.notna()
    p["role_right"] = p.has_role & (p.role == p.gold_role)
    return p


def _sides(key: str, asked: set | list, found: set | list, hits: int) -> dict[str, int]:
    return {f"{key} asked": len(asked), f"{key} found": len(found), f"{key} hit": hits}


def _count_other(gold: dict, record: dict) -> dict[str, int]:
    """For one article the entities by type, spans and types to the letter, and the tones toward its targets."""
    asked, found = (
        {(e["start"], e["end"], ALIASES.get(e["type"].upper(), e["type"].upper())) for e in side.get("entities", [])}
        for side in (gold, record)
    )
    sums: dict[str, int] = {}
    for kind in (*KINDS, "all"):
        a, f = ({e for e in side if e[2] == kind or (kind == "all" and e[2] in KINDS)} for side in (asked, found))
        sums |= _sides(kind, a, f, len(a & f))
    labels = {(t["start"], t["end"]): t["label"] for t in record["targets"]}
    tones = [(t["label"], labels.get((t["start"], t["end"]))) for t in gold.get("targets", [])]
    for tone in TONES:
        a, f = ([pair for pair in tones if pair[i] == tone] for i in (0, 1))
        sums |= _sides(tone, a, f, tones.count((tone, tone)))
    return sums


def measure(
    gold: list[dict], records: list[dict], pairs: pd.DataFrame, samples: int = 500, seed: int = 0
) -> pd.DataFrame:
    """Every measure the gold allows, with its 95 % interval from samples of whole articles, drawn with replacement."""
    ids = [record["id"] for record in gold]
    counts = pd.DataFrame([_count_other(*both) for both in zip(gold, records, strict=True)], index=ids)
    counts = counts.join(pairs.select_dtypes(bool).groupby(pairs.article_id).sum()).fillna(0)
    drawn = np.random.default_rng(seed).multinomial(len(ids), np.full(len(ids), 1 / len(ids)), samples)
    sums = pd.DataFrame(np.vstack([np.ones(len(ids)), drawn]) @ counts.to_numpy(float), columns=counts.columns)
    found = {
        name: (sums[above].sum(axis=1) / sums[below].sum(axis=1), sums[below[0]].iloc[0])
        for name, (above, below) in RATIOS.items()
        if sums[below[0]].iloc[0]
    }
    asked = sums[[f"{tone} asked" for tone in TONES]].iloc[0].sum()
    if asked:
        scores = [2 * sums[f"{tone} hit"] / (sums[f"{tone} asked"] + sums[f"{tone} found"]) for tone in TONES]
        found["tone toward targets, macro F1"] = sum(scores) / len(TONES), asked
    rows = [(name, s[0], s[1:].quantile(0.025), s[1:].quantile(0.975), int(n)) for name, (s, n) in found.items()]
    table = pd.DataFrame(rows, columns=COLUMNS)
    return table if len(ids) > 1 else table.assign(low=math.nan, high=math.nan)  # one article has no interval


def resolve(pairs: pd.DataFrame) -> pd.DataFrame:
    """How near the answers are where the spans were given: share within 161 km, area under the log-error curve, km."""
    placed = pairs[pairs.placed]
    errors = np.sort(placed.km.fillna(FARTHEST_KM).to_numpy())
    logs = np.log1p(errors)
    area = (logs[1:] + logs[:-1]).sum() / 2 / (math.log(FARTHEST_KM) * max(1, len(logs) - 1))
    values = {
        "given spans, within 161 km": (errors <= WITHIN_KM).mean(),
        "given spans, same GeoNames id": placed.same_id.sum() / placed.has_id.sum()
        if placed.has_id.any()
        else math.nan,
        "given spans, area under the log error": area,
        "given spans, mean error in km": errors.mean(),
        "given spans, median error in km": np.median(errors),
    }
    rows = [(name, value, math.nan, math.nan, len(errors)) for name, value in values.items()]
    return pd.DataFrame(rows, columns=COLUMNS).dropna(subset="value")


def reliability(pairs: pd.DataFrame, invented: bool = False, bins: int = 10) -> pd.DataFrame:
    """How often answers of a given confidence are right, by tenths: bin, mentions, mean confidence, share right.

    Of placed answers to mentions the gold places; with `invented` those the gold does not know count as wrong.
    """
    judged = pairs[pairs.lat.notna() & (pairs.placed | (~pairs.asked & invented))].astype({"confidence": float})
    tenth = (judged.confidence * bins).astype(int).clip(upper=bins - 1).rename("bin")
    groups = judged.groupby(tenth)
    return groups.agg(
        mentions=("right", "size"), confidence=("confidence", "mean"), right=("right", "mean")
    ).reset_index()


def calibration_error(bins: pd.DataFrame) -> float:
    """Expected calibration error of a `reliability` table: the mean gap between confidence and share right."""
    gaps = (bins.confidence - bins.right).abs() * bins.mentions
    return float(gaps.sum() / max(1, bins.mentions.sum()))
