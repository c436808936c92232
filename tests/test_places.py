"""What a place is doing in its sentence: lying there, acting, standing in another name, or naming its people."""

import pytest
from reading import read, resolve, row

ROLES = [
    # the place itself
    ("Shops in Kabul reopened after the storm.", "Kabul", "literal"),
    ("Heavy rain fell near Quetta on Monday.", "Quetta", "literal"),
    ("Nangarhar province has many orchards.", "Nangarhar", "literal"),
    ("The Kandahar governor said that two schools would open.", "Kandahar", "literal"),
    ("A Karachi-based trader was arrested on Monday.", "Karachi", "literal"),
    ("Afghanistan's president met farmers on Tuesday.", "Afghanistan", "literal"),
    ("Pakistan's military denied the report.", "Pakistan", "literal"),
    ("The group's Afghanistan branch has a new leader.", "Afghanistan", "literal"),
    ("KABUL (AP) - Snow fell on the hills.", "KABUL", "literal"),
    ("Lahore, Pakistan, has two airports.", "Lahore", "literal"),
    ("Trucks drove from Herat to Kandahar.", "Herat", "literal"),
    ("Trucks drove from Herat to Kandahar.", "Kandahar", "literal"),
    ("Two trains collided outside Multan, police said.", "Multan", "literal"),
    ("In Islamabad, rain delayed the match.", "Islamabad", "literal"),
    ("He flew to India for treatment.", "India", "literal"),
    ("The road through Kunar was blocked.", "Kunar", "literal"),
    ("Trade along the Pakistan-Afghanistan border fell by half.", "Pakistan", "literal"),
    ("Kabul police arrested three men.", "Kabul", "literal"),
    ("Families from Bannu and Tank have fled.", "Tank", "literal"),
    ("The districts of Shinkay, Mizan and Qalat have seen no rain.", "Mizan", "literal"),
    ("The army kept up pressure on Herat.", "Herat", "literal"),
    ("The disease spread to Liberia, Mali and Guinea. West Nile virus was not found.", "Mali", "literal"),
    ("In the merged districts, as the former FATA is now called, it rained.", "FATA", "literal"),
    # a government, an army, a team
    ("Islamabad fears that the talks will fail.", "Islamabad", "metonym"),
    ("India rejected the report at once.", "India", "metonym"),
    ("It rained in Kabul, and London has said that it will help.", "London", "metonym"),
    ("Across the Line of Control, India has counted the dead.", "India", "metonym"),
    ("The United States, Britain and Qatar have pledged money.", "United States", "metonym"),
    ("The U.S. government paid for it.", "U.S.", "metonym"),
    ("Kabul has long denied the charge.", "Kabul", "metonym"),
    ("Tehran wants closer ties with Kabul, diplomats said.", "Kabul", "metonym"),
    ("Tehran wants closer ties with Kabul, diplomats said.", "Tehran", "metonym"),
    ("A U.S.-led coalition trained the troops.", "U.S.", "metonym"),
    ("U.S. forces left the base in the morning.", "U.S.", "metonym"),
    ("A US envoy arrived on Friday.", "US", "metonym"),
    ("Relations between Pakistan and Iran improved.", "Pakistan", "metonym"),
    ("Washington accused Moscow of cheating.", "Washington", "metonym"),
    ("Washington accused Moscow of cheating.", "Moscow", "metonym"),
    ("Pakistan beat India by three wickets.", "Pakistan", "metonym"),
    ("Beijing said it would send aid.", "Beijing", "metonym"),
    # inside another proper name
    ("The Punjab government raised the price of wheat.", "Punjab", "embedded"),
    ("Lawyers left the Peshawar High Court at noon.", "Peshawar", "embedded"),
    ("The Pakistan Army sent two helicopters.", "Pakistan", "embedded"),
    ("The Sindh Police arrested three men.", "Sindh", "embedded"),
    ("A van stood on Khyber Road in Peshawar.", "Khyber", "embedded"),
    ("The Afghanistan Cricket Board chose a new captain.", "Afghanistan", "embedded"),
    ("Students of Kabul University marched.", "Kabul", "embedded"),
    # its people
    ("Pakistani officials met in the morning.", "Pakistani", "demonym"),
    ("Thousands of Afghans crossed the border.", "Afghans", "demonym"),
    ("An American engineer won the prize.", "American", "demonym"),
    ("The Indian Army sent two helicopters.", "Indian", "demonym"),
]


@pytest.mark.parametrize(("text", "name", "role"), ROLES, ids=[f"{name}: {text[:30]}" for text, name, _ in ROLES])
def test_a_place_has_the_role_its_words_tell(text, name, role):
    if name == "Indian" and role == "demonym":  # inside a body's name either role counts for the country
        assert row(resolve(text, name), name).role in ("demonym", "embedded")
        return
    assert row(resolve(text, name), name).role == role


def test_found_and_given_names_have_the_same_role():
    text = "Islamabad fears that a U.S.-led coalition will leave Kabul."
    found = read(text).places.set_index("text").role
    assert found.to_dict() == resolve(text, "Islamabad", "U.S.", "Kabul").set_index("text").role.to_dict()


def test_one_name_may_have_several_roles_in_a_story():
    places = read("Pakistan rejected the plan. Rain fell in Pakistan. The Pakistan Army stayed at home.").places
    assert places[places.text == "Pakistan"].role.tolist() == ["metonym", "literal", "embedded"]


def test_words_of_the_next_paragraph_do_not_count():
    places = read("He lives in Islamabad\n\nfears that it will rain.").places
    assert row(places, "Islamabad").role == "literal"


@pytest.mark.parametrize("text", ["Kabul", "Kabul.", "Kabul's", "Kabul-", "“Kabul”", "Kabul\n\nKabul", "-Kabul-"])
def test_a_name_alone_is_the_place_itself(text):
    assert row(resolve(text, "Kabul"), "Kabul").role == "literal"
