"""The command line: newsatlas report, analyse, gazetteer, evaluate."""

import argparse
import os
import signal
import sys
import time
from pathlib import Path

from helpers import __version__

EXAMPLES = """examples:
  newsatlas report data/articles/pakistan-islamic-state.txt
  newsatlas report story.pdf https://example.org/story --out reports
  newsatlas analyse corpus.jsonl -o places.jsonl --workers 2
  newsatlas gazetteer search Khost
exit status: 0 all done, 1 some failed, 2 unusable arguments"""
KINDS = "file (txt, html, md, pdf, docx, also .gz), folder, URL"
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

    about = "Write one HTML page an article: its places, people and mood, on maps and in tables."
    report = commands.add_parser("report", parents=[common], help="write one HTML page an article", description=about)
    report.add_argument("source", nargs="+", metavar="SOURCE", help=f"{KINDS} or - (standard input)")
    report.add_argument(
        "--out", type=Path, default=Path("reports"), metavar="DIR", help="folder for the pages (reports)"
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

    gazetteer = commands.add_parser("gazetteer", help="look into the gazetteer")
    what = gazetteer.add_subparsers(dest="what", required=True, metavar="WHAT")
    search = what.add_parser(
        "search", help="places of a name, then those that begin with it, then those that contain it"
    )
    search.add_argument("name", nargs="+", metavar="NAME")
    search.add_argument("--limit", type=_positive, default=20, metavar="N", help="rows (20)")
    search.set_defaults(run=run_search)
    what.add_parser("info", help="what the gazetteer holds and where it is from").set_defaults(run=run_info)

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
    return parser


def _positive(value: str) -> int:
    if not value.isdecimal() or int(value) < 1:
        raise argparse.ArgumentTypeError(f"{value!r} is not a whole number from 1")
    return int(value)


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


def run_report(args: argparse.Namespace) -> int:
    """Write one page an article; an article that cannot be read does not stop the others."""
    from helpers.report import ReportError, write_report
    from helpers.sources import ArticleError, list_sources

    failed = 0
    for source in list_sources(args.source):
        try:
            print(write_report(source, args.out, date=args.date, progress=say), flush=True)
        except (ArticleError, ReportError) as error:
            failed += 1
            say(f"newsatlas: {error}")
    return int(failed > 0)


def run_analyse(args: argparse.Namespace) -> int:
    """Write the tables of many articles to one file."""
    from helpers.batch import Settings, list_tasks, write_all

    began = time.monotonic()
    settings = Settings(args.only, args.date, args.keep_everything, args.allow_private, args.sentiment)
    done, failed = write_all(list_tasks(args.source), args.output, settings, args.workers, say)
    seconds = time.monotonic() - began
    written = f"{done} articles written to {args.output}" if done or not failed else "nothing written"
    say(f"{written}, {failed} failed, in {seconds:.1f} s ({done / seconds:.1f} a second)")
    return int(failed > 0)


def run_evaluate(args: argparse.Namespace) -> int:
    """Print how right the analysis is against a gold file, and write its errors where asked."""
    from helpers.evaluate import as_json, as_text, evaluate_file

    found = evaluate_file(args.gold, args.spans, args.workers)
    print(as_json(found) if args.json else as_text(found))
    if args.errors:
        found.errors.to_csv(args.errors, index=False)
        say(f"{len(found.errors)} errors written to {args.errors}")
    return 0


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
