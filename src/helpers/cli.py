"""The command line: newsatlas report, analyse, corpus, correct, gazetteer, evaluate."""

import argparse
import os
import signal
import sys
import time
from pathlib import Path

from helpers import __version__
from helpers.corrections import VALUES, CorrectionsError, add_correction, read_corrections, undo_correction
from helpers.workers import workers_context

EXAMPLES = """examples:
  newsatlas report data/articles/pakistan-islamic-state.txt
  newsatlas report story.pdf https://example.org/story --out reports
  newsatlas analyse corpus.jsonl -o places.jsonl --workers 2
  newsatlas corpus year.jsonl.gz clippings -o reports/year
  newsatlas correct story.pdf Khost --is gn:1444363 --note "the town, not the province"
  newsatlas gazetteer search Khost
exit status: 0 all done, 1 some failed, 2 unusable arguments"""
KINDS = "file (txt, html, md, pdf, docx, also .gz), folder, URL"
TABLES = "a .jsonl, .csv or .parquet with a column text (also .gz), a .txt of URLs"
FORMATS = (".jsonl", ".csv", ".geojson", ".gpkg", ".parquet")  # tests hold these two to helpers.batch, slow to import
PARTS = ("places", "entities", "sentiment")


def _parser() -> argparse.ArgumentParser:
    raw = {"formatter_class": argparse.RawDescriptionHelpFormatter}
    about = "Turn news articles into a map, a cast and a mood, offline."
    parser = argparse.ArgumentParser(prog="newsatlas", description=about, epilog=EXAMPLES, **raw)
    parser.add_argument("--version", action="version", version=f"News Atlas {__version__}")
    commands = parser.add_subparsers(dest="command", required=True, metavar="COMMAND")
    common = argparse.ArgumentParser(add_help=False)
    common.add_argument("--date", type=_date, help="publication date of the articles: YYYY, YYYY-MM or YYYY-MM-DD")
    common.add_argument("--corrections", type=Path, metavar="FILE", help="what people corrected (data/corrections.csv)")

    about = "Write one HTML page an article: its places, people and mood, on maps and in tables."
    report = commands.add_parser("report", parents=[common], help="write one HTML page an article", description=about)
    report.add_argument("source", nargs="*", metavar="SOURCE", help=f"{KINDS} or - (standard input)")
    report.add_argument("--corpus", type=Path, metavar="DIR", help="compare the articles of a corpus, on one page")
    report.add_argument(
        "--out", type=Path, default=Path("reports"), metavar="DIR", help="folder for the pages (reports)"
    )
    report.add_argument("--no-text", action="store_true", help="no sentence of the article: names and offsets alone")
    report.add_argument(
        "--data", action="store_true", help="write the tables beside each page: CSV, GeoJSON, GeoPackage"
    )
    report.add_argument(
        "--sentiment", choices=("model", "vader"), default="model", help="what judges names (%(default)s)"
    )
    report.set_defaults(run=run_report)

    about = "Write the places of many articles to one file; as .jsonl also their entities, sentences and targets."
    analyse = commands.add_parser(
        "analyse", parents=[common], help="write many articles to one file", description=about
    )
    analyse.add_argument("source", nargs="+", metavar="SOURCE", help=f"{KINDS}, - or a .jsonl with an article a line")
    analyse.add_argument("-o", "--output", type=Path, required=True, metavar="OUT", help=f"{', '.join(FORMATS)}")
    analyse.add_argument("--workers", type=_positive, default=1, metavar="N", help="processes (1)")
    analyse.add_argument("--only", type=_parts, default=PARTS, metavar="PARTS", help=f"of {','.join(PARTS)} (all)")
    analyse.add_argument(
        "--sentiment", choices=("model", "vader"), default="model", help="what judges names (%(default)s)"
    )
    analyse.add_argument("--keep-everything", action="store_true", help="keep credits, captions and footers as text")
    analyse.add_argument("--allow-private", action="store_true", help="read URLs on private networks and this machine")
    analyse.set_defaults(run=run_analyse)

    about = """Analyse any number of articles into a folder of Parquet files: mentions, entities, sentences, articles,
    failures. Run it again to go on after a stop, or with new articles: what is there is not done twice."""
    corpus = commands.add_parser(
        "corpus", parents=[common], help="analyse thousands of articles, resumably", description=about
    )
    corpus.add_argument("source", nargs="+", metavar="SOURCE", help=f"{TABLES}, {KINDS}, pattern or -")
    corpus.add_argument("-o", "--output", type=Path, required=True, metavar="DIR", help="folder of the dataset")
    corpus.add_argument("--workers", type=_positive, metavar="N", help="processes on this machine (one a core)")
    corpus.add_argument("--scheduler", metavar="ADDRESS", help="a Dask cluster to work on, e.g. tcp://10.0.0.1:8786")
    corpus.add_argument("--only", type=_parts, default=PARTS, metavar="PARTS", help=f"of {','.join(PARTS)} (all)")
    corpus.add_argument(
        "--sentiment", choices=("model", "vader"), default="model", help="what judges names (%(default)s)"
    )
    corpus.add_argument("--allow-private", action="store_true", help="read URLs on private networks and this machine")
    corpus.add_argument("--timeout", type=_positive, default=300, metavar="S", help="seconds an article may take (300)")
    corpus.add_argument("--retry", action="store_true", help="try again what failed before")
    corpus.add_argument("--anew", action="store_true", help="begin from nothing: other settings, another version")
    corpus.set_defaults(run=run_corpus)

    gazetteer = commands.add_parser("gazetteer", help="look into the gazetteer")
    what = gazetteer.add_subparsers(dest="what", required=True, metavar="WHAT")
    search = what.add_parser(
        "search", help="places of a name, then those that begin with it, then those that contain it"
    )
    search.add_argument("name", nargs="+", metavar="NAME")
    search.add_argument("--limit", type=_positive, default=20, metavar="N", help="rows (20)")
    search.set_defaults(run=run_search)
    what.add_parser("info", help="what the gazetteer in use holds and where it is from").set_defaults(run=run_info)
    about = "Lay GeoNames' dump files over the shipped gazetteer, in a file of its own; goes on after a stop."
    build = what.add_parser("build", help="a deeper gazetteer from GeoNames' dump files", description=about)
    which = build.add_mutually_exclusive_group(required=True)
    which.add_argument("--countries", nargs="+", type=_country, metavar="CC", help="two-letter codes: PK AF")
    which.add_argument("--all", action="store_true", help="the whole world: 12 million places, 2 GB")
    build.add_argument("--from", dest="base", metavar="DIR|URL", help="where the dump lies (geonames.org)")
    build.add_argument("-o", "--output", type=Path, metavar="FILE", help="file to write (data/gazetteer/full.sqlite)")
    build.set_defaults(run=run_build)
    use = what.add_parser("use", help="which gazetteer is used from now on")
    use.add_argument("file", metavar="FILE|shipped")
    use.set_defaults(run=run_use)

    about = "Put right what the analysis got wrong, from now on: it is written down and applied on every run."
    correct = commands.add_parser("correct", parents=[common], help="put right what is wrong", description=about)
    correct.add_argument("source", nargs="?", metavar="SOURCE", help=f"the article: {KINDS} or -")
    correct.add_argument("text", nargs="?", metavar="TEXT", help="the words to correct, as the article spells them")
    action = correct.add_mutually_exclusive_group(required=True)
    where = 'it is this place: an id of the gazetteer, or "LAT,LON NAME"; without PLACE it is one, whichever'
    action.add_argument("--is", dest="place", nargs="?", const="", metavar="PLACE", help=where)
    action.add_argument("--not-a-place", action="store_const", const="", help="it is none")
    action.add_argument("--role", choices=VALUES["role"], help="the sense it is used in")
    action.add_argument(
        "--type", choices=VALUES["type"], metavar="TYPE", help=f"what is named: {', '.join(VALUES['type'])}"
    )
    action.add_argument("--merge", metavar="NAME", help="it is another name of NAME")
    action.add_argument("--list", action="store_true", help="show all corrections")
    action.add_argument("--undo", action="store_true", help="take back the last one")
    correct.add_argument("--start", type=int, metavar="N", help="only where the words begin at this offset")
    correct.add_argument("--every-article", action="store_true", help="wherever the words stand, in whatever article")
    correct.add_argument("--note", default="", help="why; shown with the place")
    correct.add_argument("--who", help="who says so (your login)")
    correct.set_defaults(run=run_correct)

    about = "Measure places, roles and coordinates against articles whose mentions are known, and print the figures."
    evaluate = commands.add_parser("evaluate", help="measure against gold mentions", description=about)
    evaluate.add_argument("gold", type=Path, metavar="GOLD.jsonl")
    evaluate.add_argument(
        "--spans", action="store_true", help="tell it where the names stand, judge only where they lie"
    )
    evaluate.add_argument("--errors", type=Path, metavar="FILE.csv", help="write what went wrong, with the sentences")
    evaluate.add_argument("--json", action="store_true", help="print JSON")
    evaluate.add_argument("--workers", type=_positive, default=1, metavar="N", help="processes (1)")
    evaluate.set_defaults(run=run_evaluate)

    about = "Check the installation: a line a check, and how to mend what is wrong. Exit status 1 if anything is."
    commands.add_parser("doctor", help="check the installation", description=about).set_defaults(run=run_doctor)
    return parser


def _positive(value: str) -> int:
    if not value.isdecimal() or int(value) < 1:
        raise argparse.ArgumentTypeError(f"{value!r} is not a whole number from 1")
    return int(value)


def _country(value: str) -> str:
    if not (len(value) == 2 and value.isascii() and value.isalpha()):
        raise argparse.ArgumentTypeError(f"{value!r} is no two-letter code of a country")
    return value.upper()


def _parts(value: str) -> tuple[str, ...]:
    parts = tuple(part.strip() for part in value.split(","))
    if unknown := [part for part in parts if part not in PARTS]:
        raise argparse.ArgumentTypeError(f"{unknown[0]!r} is none of {', '.join(PARTS)}")
    return parts


def _date(value: str) -> str:
    from helpers.article import ArticleError  # here, so that --help need not wait for pandas
    from helpers.datelines import parse_date

    try:
        return parse_date(value, "--date").value
    except ArticleError as error:
        raise argparse.ArgumentTypeError(str(error)) from None


def say(message: str) -> None:
    """A line for the person at the terminal; results go to standard output, words to standard error."""
    print(message, file=sys.stderr, flush=True)


def run_search(args: argparse.Namespace) -> int:
    """Print the places of a name as a table."""
    from helpers.gazetteer import open_gazetteer

    name = " ".join(args.name)
    found = open_gazetteer().search(name, args.limit)
    if found.empty:
        say(f"No place called {name!r} is in the gazetteer.")
        return 1
    columns = ["place_id", "name", "feature", "country", "admin1", "admin2", "population", "lat", "lon", "match"]
    print(found[columns].to_string(index=False))
    return 0


def run_info(args: argparse.Namespace) -> int:
    """Print what the gazetteer holds."""
    from helpers.gazetteer import open_gazetteer

    for key, value in open_gazetteer().info().items():
        print(f"{key:16} {value}")
    return 0


def run_build(args: argparse.Namespace) -> int:
    """Build the deep gazetteer; what was fetched is kept beside it until it is whole."""
    from helpers.gazetteer import FOLDER
    from helpers.geonames import DUMP, build_gazetteer, gather

    out = args.output or FOLDER / "full.sqlite"
    dumps = gather([] if args.all else args.countries, args.base or DUMP, out.parent / "dump", say)
    counts = build_gazetteer(dumps, out, say=say)
    say(", ".join(f"{number:,} {what}" for what, number in counts.items()))
    say(f"Use it with: newsatlas gazetteer use {out}")
    print(out)
    return 0


def run_use(args: argparse.Namespace) -> int:
    """Choose the gazetteer that is opened from now on."""
    from helpers.gazetteer import choose_gazetteer, path_in_use

    choose_gazetteer(None if args.file == "shipped" else Path(args.file))
    say(f"In use: {path_in_use()}")
    return 0


def run_report(args: argparse.Namespace) -> int:
    """Write one page an article; an article that cannot be read does not stop the others."""
    from helpers.report import ReportError, write_comparison, write_report
    from helpers.sources import ArticleError, list_sources

    if not (args.source or args.corpus):
        raise ValueError("Say what to report on: a SOURCE, or --corpus DIR.")
    failed = 0
    if args.corpus:
        print(write_comparison(args.corpus, args.out, progress=say), flush=True)
    read_corrections(args.corrections)  # what is wrong with them is said before work begins
    options = {"date": args.date, "sentiment": args.sentiment, "corrections": args.corrections, "data": args.data}
    for source in list_sources(args.source):
        try:
            print(write_report(source, args.out, **options, show_text=not args.no_text, progress=say), flush=True)
        except (ArticleError, ReportError) as error:
            failed += 1
            say(f"newsatlas: {error}")
    return int(failed > 0)


def run_analyse(args: argparse.Namespace) -> int:
    """Write the tables of many articles to one file."""
    if args.workers > 1:
        workers_context()  # they load while this process does
    from helpers.batch import Settings, list_tasks, write_all

    began = time.monotonic()
    known = read_corrections(args.corrections)
    settings = Settings(args.only, args.date, args.keep_everything, args.allow_private, args.sentiment, known)
    done, failed = write_all(list_tasks(args.source), args.output, settings, args.workers, say)
    seconds = time.monotonic() - began
    written = f"{done} articles written to {args.output}" if done or not failed else "nothing written"
    say(f"{written}, {failed} failed, in {seconds:.1f} s ({done / seconds:.1f} a second)")
    return int(failed > 0)


def run_corpus(args: argparse.Namespace) -> int:
    """Bring a dataset up to date with the sources; it is safe to stop."""
    if not args.scheduler and args.workers != 0:
        workers_context()  # they load while this process does
    from helpers.batch import Settings
    from helpers.corpus import write_corpus

    began = time.monotonic()
    settings = Settings(args.only, args.date, False, args.allow_private, args.sentiment, args.corrections)
    how = {"scheduler": args.scheduler, "workers": args.workers, "limit": args.timeout}
    try:
        counts = write_corpus(args.source, args.output, settings, **how, anew=args.anew, retry=args.retry, say=say)
    except KeyboardInterrupt:
        say(f"newsatlas: stopped; what is in {args.output} is whole, the same command goes on from there.")
        return 130
    seconds = time.monotonic() - began
    say(
        "{new:,} articles done now, {known:,} known before, {failed:,} of them failed; ".format(**counts)
        + f"{seconds:.1f} s"
    )
    say("the dataset: {articles:,} articles, {repeated:,} more that repeat one, {mentions:,} mentions".format(**counts))
    print(args.output)
    return int(counts["failed"] > 0)


def run_correct(args: argparse.Namespace) -> int:
    """Write down a correction of one article, if it changes something; or list them all, or take the last one back."""
    file = args.corrections
    if args.list:
        rows = [f"line {row.line}: {row.words}, {row.where}" for row in read_corrections(file)]
        print("\n".join(rows) or "There are no corrections.")
        return 0
    if args.undo:
        row = undo_correction(file)
        say(f"Taken back: {row.words}, {row.where}." if row else "There is no correction to take back.")
        return int(row is None)
    if not args.text:
        raise CorrectionsError("Say which words of which article: newsatlas correct story.txt Khost --is gn:1444363")
    from helpers.analysis import effect_of
    from helpers.article import read_article
    from helpers.fixes import propose

    article = read_article(args.source, date=args.date)
    known = read_corrections(file) if file is None or file.exists() else ()
    action, value = next((a, v) for a in VALUES if (v := getattr(args, a.replace("-", "_"))) is not None)
    where = {"start": args.start, "everywhere": args.every_article}
    row = propose(article, args.text, action, value, who=args.who, note=args.note, **where)
    number = effect_of(row, article, known)
    for old in add_correction(row, file):
        say(f"This replaces line {old.line}: {old.words}.")
    say(f'{number} mention{"s" * (number > 1)} of "{row.text}" in this article: {row.words}.')
    return 0


def run_evaluate(args: argparse.Namespace) -> int:
    """Print how right the analysis is against a gold file, and write its errors where asked."""
    from helpers.evaluate import as_json, as_text, evaluate_file

    found = evaluate_file(args.gold, args.spans, args.workers)
    print(as_json(found) if args.json else as_text(found))
    if args.errors:
        found.errors.to_csv(args.errors, index=False)
        say(f"{len(found.errors)} errors written to {args.errors}")
    return 0


def run_doctor(args: argparse.Namespace) -> int:
    """Print a line a check."""
    from helpers.doctor import examine

    failed = 0
    for finding in examine():
        failed += bool(finding.wrong)
        print(f"wrong  {finding.what}: {finding.wrong}; {finding.mend}." if finding.wrong else f"ok     {finding.what}")
    return int(failed > 0)


def main(arguments: list[str] | None = None) -> int:
    """Run one command; errors a reader can mend end as one sentence, never a traceback."""
    args = _parser().parse_args(arguments)
    signal.signal(signal.SIGTERM, signal.default_int_handler)  # `kill` cleans up as Ctrl-C does
    try:
        status = args.run(args)
        sys.stdout.flush()
        return status
    except KeyboardInterrupt:
        say("newsatlas: stopped, the file under way is not written.")
        return 130
    except BrokenPipeError:  # the reader of our output has seen enough; Python must not complain at exit
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0
    except OSError as error:
        say(f"newsatlas: {error.filename}: {error.strerror}." if error.filename else f"newsatlas: {error}")
        return 2
    except ValueError as error:
        say(f"newsatlas: {error}")
        return 2


if __name__ == "__main__":
    sys.exit(main())
