"""Write a corpus of made-up news for trials of speed and size: python scripts/generate_corpus.py 1000 -o corpus.jsonl

Places are real, drawn from the gazetteer by population, most of them in Pakistan and Afghanistan; people bear names put
together from data/lexicons/person_names.csv, bodies are those of organisations.csv; what happens is invented. A number
and a seed always give the same articles, and the first thousand of ten thousand are the thousand.
"""

import argparse
import gzip
import json
import random
import sqlite3
from datetime import date, timedelta
from functools import lru_cache
from pathlib import Path

import pandas as pd

from helpers.article import DATA
from helpers.gazetteer import FEATURES, Place, open_gazetteer

HOME = ("PK", "AF")

OUTLETS = ["Valley Courier", "Indus Morning", "The Pass Gazette", "Harbour Times", "Steppe Wire", "The Northern Ledger"]
STORIES = {  # kind: headlines, sentences
    "flood": (
        ["Water rises in {town}", "Floods cut off villages near {town}", "{province} counts the cost of rain"],
        [
            "Heavy rain has cut the road between {town} and {other}, leaving dozens of trucks stranded.",
            "{person}, an engineer with {body}, said the embankment had held through the night.",
            "Boats were sent from {other} to reach families on rooftops, {body} said.",
            "In {province} province the wheat that was to feed the winter lies under a metre of brown water.",
            "{country} has asked its neighbours for tents, and {foreign} promised to send two planes.",
            '"We lost the animals and the seed, but nobody drowned," {person} said in {town}.',
            "Doctors in {other} warned of cholera if wells are not cleaned within the week.",
        ],
    ),
    "attack": (
        ["Blast kills three in {town}", "Gunmen attack a post near {town}", "Police hunt attackers in {province}"],
        [
            "A bomb went off beside a police van in {town} on {day}, killing three and wounding eleven.",
            "No group said it was behind the attack; officials in {capital} blamed fighters from across the border.",
            "The wounded were taken to the district hospital in {other}, where {person} is in charge.",
            "{person}, a spokesman for {body}, condemned what he called a cowardly act against the poor.",
            "Shops in {town} stayed shut and the road to {other} was closed until evening.",
            "{province} has seen fewer attacks this year than last, but people fear a return of the violence.",
            "{country} and {foreign} traded accusations, each saying that the other shelters those who kill.",
        ],
    ),
    "trade": (
        ["{country} and {foreign} reopen trade", "Lorries roll again from {town}", "A dry port for {province}"],
        [
            "The first lorries left {town} for {other} on {day} after talks in {capital}.",
            "Traders praised the agreement, which halves the duty on fruit and marble.",
            "{person} of {body} said growth in {province} depends on an open border.",
            "{capital} hopes for a railway that links {town} with {foreign} within five years.",
            "Not everyone is happy: carriers in {other} complain of new fees at the crossing.",
            '"This is a good day for both peoples," {person} told reporters in {town}.',
            "Exports to {foreign} rose by a tenth in the spring, {body} reported.",
        ],
    ),
    "court": (
        ["Court in {town} frees editor", "Judges hear land case from {province}", "Former mayor of {town} on trial"],
        [
            "A court in {town} freed {person} on bail on {day}, a year after the arrest.",
            "The case concerns land along the road to {other} that {body} claims as its own.",
            "Lawyers from {capital} said the evidence was thin and partly forged.",
            "Human rights groups in {foreign} had called the trial unfair.",
            "{person} denies taking money and says the accusation is revenge.",
            "Hundreds gathered before the court and cheered when the decision was read.",
            "The judges will hear witnesses from {province} in the coming month.",
        ],
    ),
    "sport": (
        ["{country} beat {foreign}", "{town} builds a stadium", "A bowler from {town}"],
        [
            "{country} beat {foreign} by four wickets in {capital} on {day}.",
            "{person}, who grew up in {town}, took five wickets and was cheered by the crowd.",
            "The next match is in {other}, where rain is expected.",
            "{body} promised a new ground for {province}, the first with lights.",
            '"I dreamed of this as a boy in {town}," {person} said, laughing.',
            "Tickets sold out within an hour, and schools in {other} closed early.",
            "The captain praised his young side and the calm of {person}.",
        ],
    ),
    "health": (
        ["Vaccinators return to {town}", "New hospital for {province}", "{body} warns of measles"],
        [
            "Health workers began a campaign in {town} on {day} to reach forty thousand children.",
            "{person}, who leads the campaign for {body}, called it the largest in {province} so far.",
            "Families from {other} walk for a day to reach the clinic.",
            "{foreign} pays for the vaccine, {country} for the nurses.",
            "Two cases of polio were found near {other} last month, the first in a year.",
            "Elders in {town} welcomed the teams and offered them rooms.",
            "Officials in {capital} fear that money will run out before winter.",
        ],
    ),
}


@lru_cache(1)
def towns() -> tuple[list[Place], list[Place]]:
    """Towns of 20,000 people and more, of Pakistan and Afghanistan and of the rest of the world, the largest first."""
    gazetteer = open_gazetteer()
    query = "SELECT id FROM place WHERE feature = ? AND population >= 20000 ORDER BY population DESC, id LIMIT 6000"
    with sqlite3.connect(f"{gazetteer.path.as_uri()}?mode=ro", uri=True) as connection:
        numbers = [number for (number,) in connection.execute(query, (FEATURES.index("city"),)) if number > 0]
    found = [place for place in (gazetteer.place(f"gn:{number}") for number in numbers) if place and place.admin1]
    home = [place for place in found if place.country in HOME]
    return home, [place for place in found if place.country not in HOME]


@lru_cache(1)
def lists() -> dict[str, list[str]]:
    """Given names, family names and bodies of the region, and countries with their capitals."""
    names = pd.read_csv(DATA / "lexicons" / "person_names.csv", keep_default_na=False)
    names = names[names.source.str.contains("pk")]
    bodies = pd.read_csv(DATA / "lexicons" / "organisations.csv", keep_default_na=False)
    countries = pd.read_csv(DATA / "lexicons" / "countries.csv", keep_default_na=False)
    near = bodies[bodies.country.isin(HOME) & ~bodies.subtype.isin(["armed group", "media"])]
    return {
        "given": names.name[names.kind != "family"].tolist(),
        "family": names.name[names.kind != "given"].tolist(),
        "body": ["the " + name for name in near.name],
        "country": dict(zip(countries.alpha2, zip(countries.name, countries.capital, strict=True), strict=True)),
    }


def write_story(number: int, seed: int) -> dict:
    """The number-th article: one kind of story at one place, told by a few people, in eight to fourteen sentences."""
    chance = random.Random(f"{seed}/{number}")
    home, world = towns()
    pool = home if chance.random() < 0.75 else world
    town = pool[min(int(chance.expovariate(6) * len(pool)), len(pool) - 1)]  # large towns are in the news more
    near = [place for place in pool if place.country == town.country] or pool
    country, capital = lists()["country"][town.country]
    others = [code for code in ("PK", "AF", "IN", "IR", "CN", "US", "GB", "AE", "TR", "UZ") if code != town.country]
    people = [f"{chance.choice(lists()['given'])} {chance.choice(lists()['family'])}" for _ in range(2)]
    day = date(2024, 1, 1) + timedelta(days=chance.randrange(730))
    words = {"town": town.name, "province": town.admin1, "country": country, "capital": capital, "day": f"{day:%A}"}
    words |= {"foreign": lists()["country"][chance.choice(others)][0], "body": chance.choice(lists()["body"])}
    headlines, sentences = STORIES[chance.choice(list(STORIES))]
    told = chance.sample(sentences, len(sentences)) + chance.sample(sentences, chance.randint(1, len(sentences)))
    story = [told[i].format(**words, person=people[i % 2], other=chance.choice(near).name) for i in range(len(told))]
    story = [sentence[0].upper() + sentence[1:] for sentence in story]
    text = "\n\n".join(" ".join(story[i : i + 3]) for i in range(0, len(story), 3))
    opening = f"{town.name.upper()} (Steppe Wire) - " if chance.random() < 0.3 else ""
    title = chance.choice(headlines).format(**words).removeprefix("the ")
    about = {"id": f"made-{seed}-{number}", "title": title, "date": day.isoformat(), "source": chance.choice(OUTLETS)}
    return about | {"text": opening + text}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("number", type=int, help="how many articles")
    parser.add_argument("-o", "--output", type=Path, required=True, help="a .jsonl or .jsonl.gz")
    parser.add_argument("--seed", type=int, default=1, help="another seed, other articles (%(default)s)")
    args = parser.parse_args()
    opener = gzip.open if args.output.suffix == ".gz" else open
    with opener(args.output, "wt", encoding="utf-8", newline="\n") as file:
        for number in range(args.number):
            file.write(json.dumps(write_story(number, args.seed), ensure_ascii=False) + "\n")


if __name__ == "__main__":
    main()
