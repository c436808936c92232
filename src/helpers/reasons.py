"""Reasons: one line on why a candidate was chosen, read from the evidence of the ranking."""

import numpy as np

from helpers.gazetteer import Place
from helpers.names import country_name
from helpers.ranking import CONTEXT, NAME, Choice, Group

LISTS = {"demonym": "demonyms", "alias": "other names", "abbreviation": "abbreviations"}
REASONS = {
    "parent named": "it is named with the place it lies in",
    "feature named": "the word beside it says what it is",
    "same country": "the article is about {country}",
    "same province": "other places of {admin1} are named",
    "nearest place": "a neighbour of it is named",
    "places around": "the other places lie around it",
    "holds other places": "places in it are named",
    "town of the dateline": "a dateline names a town",
    "dateline near": "the dateline is near it",
    "outlet's country": "the outlet writes from {country}",
    "most populous": "it is the most populous of the name",
    "primary name": "it bears exactly this name",
    "kind of its list": "the names listed with it are of its kind",
    "out of period": "it was called so at the time",
}
KINDS = {"admin1": "province", "admin2": "district", "admin3": "unit"}  # as a reason calls them; else by their name


def _label(place: Place) -> str:
    """A rival as a reader tells it apart: "Lahore District, Punjab, Pakistan", "Georgia (country)"."""
    where = [part for part in (place.admin1, country_name(place.country)) if part and part != place.name]
    kind = "" if place.feature == "city" else f" ({KINDS.get(place.feature, place.feature)})"
    return ", ".join([place.name, *where]) + kind


def reason_for(group: Group, choice: Choice, best: int, weights: np.ndarray) -> str:
    """One line on why this candidate: the two strongest pieces of evidence over its best rival, and who that is."""
    place = group.candidates[best]
    if group.kind in ("demonym", "alias", "abbreviation") and best == 0:
        return f"{group.name} stands for {place.name} (list of {LISTS[group.kind]})"
    if len(group.candidates) == 1:
        other = {"alternate": f", another name of {place.name}", "variant": f", a spelling of {place.name}"}
        return f"the only place called {group.name} in the gazetteer{other.get(place.match, '')}"
    rivals = [i for i in np.argsort(-choice.probabilities) if i != best]
    gain = (choice.evidence[best] - choice.evidence[rivals[0]]) * weights
    names = [*NAME, *CONTEXT]
    untold = {"primary name"} if place.match != "name" else set()  # told by "the word beside it"
    strongest = [names[i] for i in np.argsort(-gain) if gain[i] > 0.2 and names[i] in REASONS.keys() - untold][:2]
    where = {"country": country_name(place.country), "admin1": place.admin1 or country_name(place.country)}
    because = " and ".join(REASONS[name].format(**where) for name in strongest) or "nothing speaks against it"
    rival = group.candidates[rivals[0]]
    return f"{because}; of {len(group.candidates)} so called the next is {_label(rival)}"
