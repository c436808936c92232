"""Which names are places: every occurrence of them, cut to the name, and nothing that only looks like one."""

from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from reading import by_hand, count_steps, names_of, read, sentences

from helpers.article import from_record
from helpers.gazetteer import open_gazetteer
from helpers.language import parse
from helpers.mentions import find_mentions, select_mentions
from helpers.spans import candidate_spans

FOUND = [
    ("The plant in Gary, Ind., closed in 1983.", ["Gary", "Ind."]),
    ("Miners from Charleston, W.Va., marched on Friday.", ["Charleston", "W.Va."]),
    ("Troops moved from KP into FATA in the spring.", ["KP", "FATA"]),
    ("The UAE lent money to Pakistan and to the DRC.", ["UAE", "Pakistan", "DRC"]),
    ("The UK and the U.S. signed it in Doha.", ["UK", "U.S.", "Doha"]),
    ("Gunmen attacked Zoi Khel village in Datta Khel on Monday.", ["Zoi Khel", "Datta Khel"]),
    ("Peshawar's bazaars were empty after the rains.", ["Peshawar"]),
    ("Trade along the Pakistan-Afghanistan border fell by half.", ["Pakistan", "Afghanistan"]),
    ("A Karachi-based trader was arrested in Hyderabad.", ["Karachi", "Hyderabad"]),
    ("A U.S.-led coalition trained the troops in Kabul last year.", ["U.S.", "Kabul"]),
    ("Farmers from Punjab, Sindh and KP blocked the motorway.", ["Punjab", "Sindh", "KP"]),
    ("Fighting spread through Nangarhar and Kunar provinces.", ["Nangarhar", "Kunar"]),
    ("The governor of Laghman met elders from Paktia and Khost.", ["Laghman", "Paktia", "Khost"]),
    ("Shops in Mazar-i-Sharif and Dera Ismail Khan reopened.", ["Mazar-i-Sharif", "Dera Ismail Khan"]),
    ("Officials in Mazar-i-Sharif said the roads were open.", ["Mazar-i-Sharif"]),
    ("Snow closed the Salang Pass and the Khyber Pass for two days.", ["Salang Pass", "Khyber Pass"]),
    ("The Kabul River floods the plain east of Jalalabad.", ["Kabul River", "Jalalabad"]),
    ("A bus fell into the Indus near Sukkur on Sunday.", ["Indus", "Sukkur"]),
    ("Gunmen crossed the tribal areas and reached Miranshah.", ["tribal areas", "Miranshah"]),
    ("Pakistani officers and Afghans talked in Geneva.", ["Pakistani", "Afghans", "Geneva"]),
    ("They flew from St. Louis to Fort Worth.", ["St. Louis", "Fort Worth"]),
    ("Trade in South Asia grew faster than in the Middle East.", ["South Asia", "Middle East"]),
    ("Rain fell in Quetta. In Quetta, roads closed; Quetta's schools too.", ["Quetta", "Quetta", "Quetta"]),
    ("Police closed roads in Swat, Dir and Chitral.", ["Swat", "Dir", "Chitral"]),
    ("The road from Torkham to Landi Kotal was blocked.", ["Torkham", "Landi Kotal"]),
    ("Elders in Ningarhar province met traders from Paktya.", ["Ningarhar", "Paktya"]),
    ("FLOODS SWEEP THROUGH SWAT VALLEY AS PAKISTAN SEEKS HELP", ["SWAT VALLEY", "PAKISTAN"]),
    ("BLAST IN QUETTA KILLS NINE", ["QUETTA"]),
    ("She moved from Paris, Texas, to Birmingham, Alabama.", ["Paris", "Texas", "Birmingham", "Alabama"]),
    ("The Pakistan Army left Swat.", ["Pakistan", "Swat"]),
    ("Lawyers left the Peshawar High Court in Peshawar.", ["Peshawar", "Peshawar"]),
    ("The Punjab government raised the price of wheat.", ["Punjab"]),
    ("The Islamabad Police and the Sindh High Court agreed.", ["Islamabad", "Sindh"]),
    ("In Quetta, vans blocked Khyber Road and the road to Ziarat.", ["Quetta", "Khyber", "Ziarat"]),
    ("GHAZNI, June 3 (AFP) - Fighters left Andar district in Ghazni.", ["GHAZNI", "Andar", "Ghazni"]),
    ("Patrols met at Uri, in Indian-held Kashmir, and near Chakothi.", ["Uri", "Indian", "Kashmir", "Chakothi"]),
    ("Bajaur, Mohmand, Orakzai and Kurram joined the province.", ["Bajaur", "Mohmand", "Orakzai", "Kurram"]),
    ("Qalat is far from the districts of Shinkay and Mizan.", ["Qalat", "Shinkay", "Mizan"]),
    ("Floods along the Brahmaputra reached Assam.", ["Brahmaputra", "Assam"]),
    ("A quake shook Honshu, and ships left the Makassar Strait.", ["Honshu", "Makassar Strait"]),
    ("A woman from Bury St Edmunds, Suffolk, was treated in Cambridge.", ["Bury St Edmunds", "Suffolk", "Cambridge"]),
]
KEPT_OUT = [
    ("Imran Khan spoke to the press about his party.", "Imran"),
    ("Paris Hilton gave a concert.", "Paris"),
    ("Chelsea Clinton gave a speech.", "Chelsea"),
    ("Sydney Smith and Jordan Smith read poems.", "Sydney"),
    ("West Nile virus was found in mosquitoes.", "West Nile"),
    ("Victoria Beckham bought a house.", "Victoria"),
    ("Jack London wrote novels.", "London"),
    ("Dakota Johnson acted in the film.", "Dakota"),
    ("George Washington crossed the river.", "Washington"),
    ("Ahmed Rashid and Asif Ali wrote to Nawaz Sharif.", "Sharif"),
    ("He drove a Toyota Tacoma to work.", "Tacoma"),
    ("ISIS and the Taliban fought, the Times reports.", "Times"),
    ("On Monday the Senate met in March.", "March"),
    ("I think It Is good, She said, Of course.", "Of"),
]


@pytest.mark.parametrize(("text", "names"), FOUND, ids=[text[:40] for text, _ in FOUND])
def test_every_place_is_found_and_cut_to_its_name(text, names):
    assert names_of(read(text).places) == names


@pytest.mark.parametrize(("text", "name"), KEPT_OUT, ids=[text[:40] for text, _ in KEPT_OUT])
def test_what_only_looks_like_a_place_is_kept_out(text, name):
    assert not [found for found in names_of(read(text).places) if name in found]


def test_a_person_is_no_place_though_the_town_of_the_name_is_one():
    places = read("Victoria Beckham flew to Victoria in British Columbia.").places
    assert names_of(places) == ["Victoria", "British Columbia"]
    assert places.start.iloc[0] > 20


def test_a_surname_given_later_alone_is_still_a_person():
    places = read("Jack London wrote novels. London drank. He died in Glen Ellen in California.").places
    assert "London" not in names_of(places)


def test_lower_case_posts_are_read_where_the_tagger_sees_a_name():
    assert "lahore" in names_of(read("lahore\nPeshawar\nQuetta").places)


def test_spans_slice_the_text_and_do_not_overlap():
    analysis = read(" ".join(text for text, _ in FOUND + KEPT_OUT))
    text = analysis.article.text
    for table in (analysis.places, analysis.entities):
        assert [text[a:b] for a, b in zip(table.start, table.end, strict=True)] == table.text.tolist()
        spans = sorted(zip(table.start, table.end, strict=True))
        assert all(a[1] <= b[0] for a, b in pairwise(spans))


def test_every_row_stands_in_its_sentence():
    analysis = read("Rain fell on Herat. Kabul is calm.\n\nQuetta sleeps.")
    starts = analysis.sentences.set_index("sentence_id").start
    ends = analysis.sentences.set_index("sentence_id").end
    for place in analysis.places.itertuples():
        assert starts[place.sentence_id] <= place.start < place.end <= ends[place.sentence_id]


@pytest.mark.parametrize(
    "text",
    [
        "Nothing happened and nobody came.",
        "12 + 30 = 42",
        "لاہور میں بارش ہوئی اور سڑکیں بند ہو گئیں۔ کراچی میں موسم خشک رہا۔",
        "Дождь прошёл в Кабуле и Герате.",
        "\u202bکابل\u202c — Ka\u0301bul",
        "!!! ((( [[[ \\ * + ? {2,1}",
        "A\u0000B",
        ".",
    ],
)
def test_a_text_without_known_places_gives_tables_without_nonsense(text):
    analysis = read(text)
    assert analysis.places.columns.tolist()[:6] == ["article_id", "start", "end", "text", "sentence_id", "role"]
    assert [analysis.article.text[a:b] for a, b in zip(analysis.places.start, analysis.places.end, strict=True)] == (
        analysis.places.text.tolist()
    )


def test_given_spans_are_the_places_and_no_others():
    text = "Kabul, Herat and Quetta are far from Nowhereabad."
    parsed = parse(from_record({"text": text}))
    spans = [(7, 12), (37, 48)]
    places, _ = find_mentions(parsed, given=spans)
    assert list(zip(places.start, places.end, strict=True)) == spans
    assert places.text.tolist() == ["Herat", "Nowhereabad"]
    assert find_mentions(parsed, given=[])[0].empty


def test_of_overlapping_candidates_the_likelier_stays():
    parsed = parse(from_record({"text": "The Kabul River rose."}))
    spans = candidate_spans(parsed, open_gazetteer())
    likely = np.array([0.9 if span.text == "Kabul River" else 0.8 for span in spans])
    assert [span.text for span, _ in select_mentions(spans, likely)] == ["Kabul River"]
    assert select_mentions(spans, likely * 0.01) == []
    assert select_mentions([]) == []


@settings(max_examples=60, deadline=None)
@given(st.text(st.characters(), max_size=120), st.text(st.characters(), max_size=60))
def test_any_text_can_be_searched(before, after):
    parsed = parse(from_record({"text": f"{before} Kabul {after} Khan of Herat"}))
    text = parsed.article.text
    for table in find_mentions(parsed):
        assert [text[a:b] for a, b in zip(table.start, table.end, strict=True)] == table.text.tolist()


@settings(max_examples=60, deadline=None)
@given(st.data())
def test_any_given_span_has_its_row(data):
    text = "Kabul, Herat and Quetta.\n\nLahore’s “Mall Road” (Punjab)\nis U.S.-led \u200f "
    start = data.draw(st.integers(0, len(text) - 1))
    end = data.draw(st.integers(start + 1, len(text)))
    places, _ = find_mentions(parse(from_record({"text": text})), given=[(start, end)])
    assert places[["start", "end", "text"]].to_numpy().tolist() == [[start, end, text[start:end]]]


@pytest.mark.parametrize("joint", [" ", "\n\n"], ids=["one paragraph", "many paragraphs"])
def test_a_story_ten_times_as_long_is_at_most_twenty_times_the_work(joint):
    def work(number: int) -> int:
        labels = {"Kabul": "GPE", "Herat": "GPE", "Relief Agency": "ORG", "Zarina Gul": "PERSON", "Pakistan": "GPE"}
        parsed = by_hand(joint.join(sentences(number)), labels)
        return count_steps(lambda: find_mentions(parsed))

    work(40)  # what is read once and kept is no part of the growth
    assert work(400) <= 20 * work(40)


def test_posts_without_capitals_are_read_too():
    places = read("blast in quetta kills nine, police said. the road to kabul is closed.").places
    assert places.text.tolist() == ["quetta", "kabul"]
    assert read("i bought nice shoes for my sister and the reading was fun in march").places.empty
