# ruff: noqa: E501, SIM905 (pages and tables are easier to read as they run)
"""Three invented stories, and the pages, PDFs, Word files and encodings news sites and archives would put them in.

Every layout is our own, after kinds of pages seen in the wild: each carries the clutter its kind is known for.
The stories hold sentences that look like clutter on purpose ("Read the contract, she told them, before you sign.").
"""

import calendar
import io
import json
import textwrap
import unicodedata
from collections.abc import Callable
from datetime import datetime
from typing import NamedTuple

import docx
from docx.oxml import OxmlElement
from docx.oxml.ns import qn


class Story(NamedTuple):
    """A story as it was written: what any reader of any page with it must get back."""

    title: str
    author: str
    place: str
    date: str
    outlet: str
    paragraphs: tuple[str, ...]

    @property
    def day(self) -> str:
        """The date as a page prints it, e.g. "April 3, 2019"."""
        year, month, day = self.date.split("-")
        return f"{calendar.month_name[int(month)]} {int(day)}, {year}"

    @property
    def text(self) -> str:
        """What read_article must make of it."""
        return "\n\n".join([self.title, *self.paragraphs])


FLOOD = Story(
    "Swat villages test a flood warning that rings from the mosque",
    "Samina Gul",
    "Mingora",
    "2019-04-03",
    "The Valley Courier",
    (
        "MINGORA, Pakistan (VCN) — Eleven villages along the upper Swat River will hear flood warnings from the "
        "loudspeakers of their mosques this summer, officials said on Tuesday, after a trial in which 94 of 100 "
        "households reached higher ground within twenty minutes.",
        "The system, built by a team at the University of Peshawar and paid for by the provincial government, reads "
        "the river’s level at four bridges between Kalam and Madyan and sends a signal over the radio network that "
        "shepherds already use.",
        "“We did not need another app,” said Zarmina Bibi, who teaches in Bahrain and lost her house in the flood of "
        "July 2010. “We needed something that wakes a grandfather at three in the morning.”",
        "Nobody laughed.",
        "Not everyone is convinced. Farmers in Matta fear that repeated false alarms will make people stay in bed, "
        "and the irrigation department in Islamabad has asked for a second season of measurements before it lets "
        "the villages of Dir and Chitral copy the design.",
        "Comments on the plan are due by the end of May, the department said; a final decision is expected in the "
        "autumn.",
        "The engineers say the first-aid training that came with the sirens matters more than the sirens. “Share "
        "what you know,” their handbook begins.",
        "By Friday in Mingora the last of the loudspeakers had been wired, and the oldest of the four bridges, at "
        "Khwazakhela, carried a yellow box the size of a suitcase.",
    ),
)
CANAL = Story(
    "Helmand’s new canal brings water, and a quarrel over who may use it",
    "Daud Karimi and Ruth Ellery",
    "Lashkar Gah",
    "2021-11-18",
    "Southern Gazette",
    (
        "LASHKAR GAH: A canal that took nine years to dig now carries water past 3,000 hectares of fields west of the "
        "Helmand River, but the farmers at its far end say that little of it arrives.",
        "Elders from Nad-e Ali and Marjah met on Wednesday to agree on turns. They sat for six hours in a school whose "
        "windows look on to the canal, and parted without a signature.",
        "“Read the contract, I told them, before you sign,” said Gul Ahmad, a retired surveyor who drew the first maps "
        "of the scheme in 2012 and keeps them rolled up in a rifle case.",
        "The quarrel is an old one. In the 1950s engineers from the United States built the Kajaki Dam and promised "
        "water for everybody; salt rose in the soil instead, and whole villages moved to Kandahar.",
        "Who gets how much",
        "Under the draft, each village would open its gate for eleven hours a week. Those upstream want fourteen. Those "
        "downstream, some of whom came back from Quetta and from Zahedan in Iran only last year, want a guard at every "
        "gate.",
        "A photo of the draft passed from phone to phone through the bazaar: three pages, two thumbprints, one coffee "
        "stain.",
        "The water ministry in Kabul did not answer questions. A spokesman for the province said that an offi­cial "
        "from the flood office would visit before the wheat is sown.",
        "“It is efficient, it is finished, and it is the first thing in my life that flows toward me,” said Bibi Hawa, "
        "62, whose field is the last on the line.",
    ),
)
TRAIN = Story(
    "Night train returns between Nairobi and Kisumu after thirty years",
    "Peter Odhiambo",
    "Kisumu",
    "2023-02-07",
    "Lakeside Daily",
    (
        "KISUMU, Kenya — The whistle came at 6:42 in the morning, an hour late, and several hundred people who had "
        "waited on the platform since before dawn answered it with one of their own.",
        "It was the first passenger train from Nairobi to reach the lake at night since 1993. The carriages are second-"
        "hand, the dining car has no kitchen yet, and a ticket costs less than the bus.",
        "“I sold mandazi on the old train when I was nineteen,” said Akinyi Otieno, who boarded at Nakuru with two "
        "buckets. “The passengers are the same. They are only older and on the phone.”",
        "Kenya Railways says it will run the service on Fridays and Sundays until June, then decide. The line crosses "
        "the Rift Valley at Mau Summit, where a landslide closed it for most of 2020.",
        "In Uganda, officials are watching. A link from Kisumu to Malaba, on the border, has been on paper since the "
        "Chinese-built railway reached Naivasha, and traders in Kampala and Jinja have asked for a date.",
        "There is none. “Follow the money,” a clerk at the port advised, and sold the next ticket.",
        "Rain delayed the return journey by forty minutes.",
    ),
)
STORIES = (FLOOD, CANAL, TRAIN)
_TEASERS = (
    ("Court delays ruling on fishing licences", "Judges asked both sides for more papers on Monday and set a new hearing for the end of the month, lawyers said."),
    ("Five things to know about the budget", "Our economics desk has read all four hundred pages so that you do not have to, and found a tax on mirrors."),
    ("Watch: How a kite is made", "In two minutes a master from the old city shows what paper, glue and a good ear for the wind can do."),
)  # fmt: skip
_COMMENTS = (
    "I have lived there for forty years and I can tell you that nothing of this will work. They promised us a bridge in 1998 and we are still waiting for it, thank you very much.",
    "Great reporting! Please write more about this and less about cricket. My uncle worked on the first project and he always said that the money went elsewhere.",
)  # fmt: skip


def _p(story: Story, tag: str = "p", attributes: str = "") -> list[str]:
    return [f"<{tag}{attributes}>{paragraph}</{tag}>" for paragraph in story.paragraphs]


def _teasers(tag: str = "li") -> str:
    return "".join(f'<{tag}><a href="/x"><h3>{head}</h3></a><p>{text}</p></{tag}>' for head, text in _TEASERS)


def _json_ld(story: Story, **more) -> str:
    data = {"@context": "https://schema.org", "@type": "NewsArticle", "headline": story.title, "datePublished": story.date + "T06:30:00+05:00",
            "dateModified": "2024-01-09T00:00:00Z", "author": {"@type": "Person", "name": story.author},
            "publisher": {"@type": "Organization", "name": story.outlet}} | more  # fmt: skip
    return f'<script type="application/ld+json">{json.dumps(data)}</script>'


def _og(story: Story) -> str:
    return (
        f'<meta property="og:title" content="{story.title}"><meta property="og:site_name" content="{story.outlet}">'
        f'<meta property="article:published_time" content="{story.date}T04:15:00Z"><meta name="author" content="{story.author}">'
    )


def _page(story: Story, head: str, body: str, title: str | None = None) -> str:
    return (
        f'<!DOCTYPE html><html lang="en"><head><meta charset="utf-8"><title>{title or story.title + " | " + story.outlet}</title>'
        f"{head}<style>p {{ margin: 1em }}</style></head><body>{body}<script>var ads = ['<p>not text</p>'];</script></body></html>"
    )


def wire(story: Story) -> str:
    """A news agency: paragraphs are <div>s, a trust line and 'Reporting by' at the end."""
    body = "".join(_p(story, "div", ' data-testid="paragraph-0" class="text__text__1FZLe"'))
    return _page(story, _og(story) + _json_ld(story), f"""
        <header><a>World</a><a>Business</a><a>Markets</a><button>Sign up</button></header>
        <main><article><header><h1>{story.title}</h1><div>By <a rel="author">{story.author}</a></div>
        <time datetime="{story.date}T06:30:00Z">{story.day} 6:30 AM UTC</time><span>Updated 3 years ago</span></header>
        <figure><img src="a.jpg"><figcaption>People stand beside the water. VCN/Imran Shah/File Photo
        <span>Purchase Licensing Rights, opens new tab</span></figcaption></figure>
        <div class="article-body__content">{body}
        <p class="sign-off">Reporting by {story.author}; Editing by Hanna Brix</p>
        <p>Our Standards: The Trust Principles, opens new tab.</p></div></article>
        <aside><h2>Read Next</h2><ul>{_teasers()}</ul></aside></main><footer>© 2024 {story.outlet}. All rights reserved.
        <p>All quotes delayed a minimum of 15 minutes. See here for a complete list of exchanges.</p></footer>""")  # fmt: skip


def broadcaster(story: Story) -> str:
    """A broadcaster: each paragraph in its own block, captions and link blocks between, topics below."""
    blocks = [
        f'<div data-component="text-block" class="ssrcss-11r1m41"><div><p class="ssrcss-1q0x1qg">{p}</p></div></div>'
        for p in story.paragraphs
    ]
    blocks.insert(
        2,
        '<div data-component="image-block"><figure><img><span>Getty Images</span><figcaption><span>Image caption, </span>The bridge seen from the market side in spring</figcaption></figure></div>',
    )
    blocks.insert(
        4,
        '<div data-component="unordered-list-block"><ul><li><a href="/1">Why the river keeps its secrets</a></li><li><a href="/2">Who are the elders?</a></li></ul></div>',
    )
    return _page(story, _og(story), f"""
        <div id="cookiePrompt"><h2>Let us know you agree to cookies</h2><p>We use cookies to give you the best online experience.
        Please let us know if you agree to all of these cookies.</p><button>Yes, I agree</button></div>
        <nav><ul><li>Home</li><li>News</li><li>Sport</li></ul></nav><main><article><header><h1>{story.title}</h1></header>
        <div data-component="byline-block"><span>By {story.author}</span><span>in {story.place}</span></div>
        <div data-component="headline-block"><time datetime="{story.date}T05:00:00.000Z">{story.day}</time></div>{"".join(blocks)}
        <section data-component="topic-list"><h2>Related Topics</h2><ul><li>Rivers</li><li>Villages</li></ul></section>
        <section data-component="links-block"><h2>More on this story</h2><ul>{_teasers()}</ul></section></article></main>
        <footer><p>Copyright © 2024. The broadcaster is not responsible for the content of external sites.</p></footer>""")  # fmt: skip


def daily(story: Story) -> str:
    """A Pakistani daily: share counts, a 'Published in' line, a long comment thread."""
    comments = "".join(
        f'<article class="comment"><header>Reader {i}<time>5 years ago</time></header><div class="comment__body"><p>{c}</p></div></article>'
        for i, c in enumerate(_COMMENTS * 3)
    )
    body = _p(story)
    body.insert(3, '<p><strong>Read more: <a href="/y">The bridge that nobody asked for</a></strong></p>')
    return _page(story, _og(story), f"""
        <div class="header"><a>Today's Paper</a> | <a>Latest</a> | <a>Prices</a></div>
        <article class="story"><h2 class="story__title"><a href="#">{story.title}</a></h2>
        <span class="story__byline"><a href="/authors/1">{story.author}</a></span> <span class="story__time">Published {story.day}</span>
        <div class="share"><a>Facebook Count</a><a>Twitter Share</a><span>14</span></div>
        <figure class="media"><img><figcaption class="media__caption">The new boxes, photographed on Monday. — Photo by the writer</figcaption></figure>
        <div class="story__content">{"".join(body)}<p><em>Published in The Daily, {story.day}</em></p></div></article>
        <div class="comments"><h3>Comments (6) Closed</h3>{comments}</div>
        <div class="sidebar"><h3>Most Popular</h3><ol>{_teasers()}</ol></div>""")  # fmt: skip


def table_layout(story: Story) -> str:
    """A page of 2003: nested tables, <font>, paragraphs parted by <br><br>, no metadata at all."""
    return f"""<html><head><title>{story.outlet}: {story.title}</title></head><body bgcolor=white>
        <table width=760><tr><td colspan=3><img src=logo.gif alt=logo></td></tr><tr><td width=120 valign=top><font size=1>
        <a href=1>Front Page</a><br><a href=2>National</a><br><a href=3>Sports</a><br><a href=4>Letters</a></font></td>
        <td width=500><font size=5><b>{story.title}</b></font><br><br><font size=2><i>By {story.author}</i><br>{story.day}<br><br>
        {"<br><br>".join(story.paragraphs)}</font><br><br><font size=1><a href=m>Email this story to a friend</a> |
        <a href=p>Printer-friendly version</a></font></td><td width=140><font size=1><b>Other stories</b><br>
        {"<br>".join(head for head, _ in _TEASERS)}</font></td></tr><tr><td colspan=3><font size=1>Copyright 2003 {story.outlet}.
        All rights reserved. No part of this page may be reproduced.</font></td></tr></table></body></html>"""  # fmt: skip


def weekly(story: Story) -> str:
    """A quality paper: a contribution appeal and a newsletter form in the middle of the text."""
    body = _p(story, attributes=' class="dcr-iy9ec7"')
    body.insert(
        2,
        '<aside data-name="newsletter"><h3>Sign up to First Edition</h3><p>Free daily newsletter. Our morning email breaks down the key stories of the day, telling you what is happening and why it matters.</p><span>Privacy Notice: Newsletters may contain info about charities, online ads, and content funded by outside parties.</span></aside>',
    )
    body.insert(
        5,
        '<aside class="element-rich-link"><span>Related:</span> <a href="/z">The long summer of the drummers</a></aside>',
    )
    return _page(story, _og(story) + _json_ld(story), f"""
        <header><nav><a>News</a><a>Opinion</a><a>Sport</a></nav></header><main><h1>{story.title}</h1>
        <address><a rel="author">{story.author}</a> in {story.place}</address><details><summary>{story.day}</summary>Last modified on Thu 4 Apr 2024</details>
        <figure><img><figcaption>Boats on the far bank. Photograph: Hanna Brix/The Weekly</figcaption></figure>
        <div class="article-body-commercial-selector">{"".join(body)}</div>
        <div class="contributions-epic"><p>As you join us today from abroad, we hope you will consider supporting us in our next 200 years of reporting.</p>
        <p>It takes less than a minute, and every gift, big or small, keeps our work open to all.</p></div>
        <ul class="submeta"><li>Explore more on these topics</li><li>Rivers</li><li>News</li></ul></main>
        <footer><form>Sign up for our email <input type="email"></form></footer>""")  # fmt: skip


def wordpress(story: Story) -> str:
    """A blog: share buttons and related posts inside the content, comments and a respond form below."""
    comments = "".join(
        f'<li class="comment"><div class="comment-author">Reader</div><div class="comment-content"><p>{c}</p></div><a>Reply</a></li>'
        for c in _COMMENTS
    )
    return _page(story, f'<meta property="article:published_time" content="{story.date}T08:00:00+00:00"><meta property="og:site_name" content="{story.outlet}">', f"""
        <div class="site-header"><p class="site-title">{story.outlet}</p><p class="site-description">Notes from upstream</p></div>
        <article class="post"><header class="entry-header"><h1 class="entry-title">{story.title}</h1><div class="entry-meta">
        <span class="posted-on"><time class="entry-date published" datetime="{story.date}T08:00:00+00:00">{story.day}</time></span>
        <span class="byline">by <span class="author vcard"><a>{story.author}</a></span></span></div></header>
        <div class="entry-content">{"".join(_p(story))}<div class="sharedaddy"><h3 class="sd-title">Share this:</h3><ul><li>Twitter</li>
        <li>Facebook</li></ul></div><div id="jp-relatedposts"><h3><em>Related</em></h3>{_teasers("div")}</div></div>
        <footer class="entry-footer"><span>Posted in <a>Rivers</a></span><span>Tagged <a>flood</a></span></footer></article>
        <div id="comments"><h2>2 thoughts on “{story.title}”</h2><ol class="comment-list">{comments}</ol>
        <div id="respond"><h3>Leave a Reply</h3><p>Your email address will not be published. Required fields are marked *</p></div></div>""",
        f"{story.title} – {story.outlet}")  # fmt: skip


def amp(story: Story) -> str:
    """An AMP page with a consent layer and advertisement markers between the paragraphs."""
    body = '<amp-ad width="300"></amp-ad><p class="ad-label">Advertisement</p>'.join(_p(story))
    return _page(story, _json_ld(story), f"""
        <amp-consent><div>We and our partners store and access information on a device, such as cookies, for personalised ads.</div></amp-consent>
        <amp-sidebar><ul><li>Home</li><li>Live TV</li></ul></amp-sidebar><main><h1>{story.title}</h1>
        <p class="byline">By {story.author}</p><p class="date">{story.day}</p><amp-img></amp-img><div class="article-content">{body}</div>
        <p><a href="/full">View full version of this article</a></p></main>""")  # fmt: skip


def script_only(story: Story) -> str:
    """A page drawn by scripts: the story stands in the JSON-LD only."""
    ld = _json_ld(story, articleBody="\n\n".join(story.paragraphs))
    return _page(
        story,
        _og(story) + ld,
        '<div id="root"></div><noscript>You need to enable JavaScript to run this app.</noscript>',
    )


def long_read(story: Story) -> str:
    """A long read: drop cap, a pull quote that repeats the text, subheads, an author's note at the end."""
    first, *rest = story.paragraphs
    body = [f'<p><span class="dropcap">{first[0]}</span>{first[1:]}</p>', *(f"<p>{p}</p>" for p in rest)]
    if "Who gets how much" in rest:
        body[body.index("<p>Who gets how much</p>")] = "<h2>Who gets how much</h2>"
    quote = next(p for p in story.paragraphs if p.startswith("“")).split("”")[0] + "”"
    body.insert(4, f'<aside class="pullquote"><p>{quote}</p></aside>')
    return _page(story, _og(story), f"""
        <nav>Menu</nav><article><header><p class="kicker">The Long Read</p><h1>{story.title}</h1><p class="author">By {story.author}</p>
        <time pubdate datetime="{story.date}">{story.day}</time></header><section class="body">{"".join(body)}</section>
        <p class="bio"><em>{story.author} is a staff writer at {story.outlet}.</em></p>
        <p>Listen to this story on our podcast.</p></article><section class="more"><h2>You may also like</h2><ul>{_teasers()}</ul></section>""")  # fmt: skip


def local_paper(story: Story) -> str:
    """A local paper: prompts to subscribe, hidden markup, a list of popular stories with summaries."""
    body = "".join(f'<div class="subscriber-preview"><p>{p}</p></div>' for p in story.paragraphs)
    return _page(story, _og(story), f"""
        <div class="offer">Support local journalism. <a>Subscribe today</a> for $1.</div><div itemscope itemtype="https://schema.org/NewsArticle">
        <h1 itemprop="headline"><span>{story.title}</span></h1><ul class="list-inline"><li>By {story.author}</li>
        <li><time itemprop="datePublished" datetime="{story.date}T10:00:00-05:00">{story.day}</time></li><li>Comments</li></ul>
        <div class="social-share"><a>Facebook</a><a>Email</a><a>Print</a><a>Save</a></div>
        <div itemprop="articleBody" id="article-body">{body}<div style="display:none"><p>Thank you for reading! On your next view you will be asked to log in.</p></div></div>
        <div class="tncms-region"><h4>Most Popular</h4><ul>{_teasers()}</ul></div><div><h4>Newsletters</h4><p>Get local news delivered to your inbox!</p></div></div>""")  # fmt: skip


def saved_page(story: Story) -> str:
    """A page saved from a browser: a saved-from comment, inlined scripts, a consent layer, an old modified date."""
    page = _page(story, _json_ld(story), f"""
        <div id="onetrust-banner-sdk"><p>By clicking “Accept All Cookies”, you agree to the storing of cookies on your device to enhance site navigation.</p></div>
        <div class="l-container"><h1 class="pg-headline">{story.title}</h1><p class="metadata__byline">By {story.author}, {story.outlet}</p>
        <p class="update-time">Updated 1015 GMT (1815 HKT) {story.day}</p><section id="body-text">{"".join(_p(story, "div", ' class="zn-body__paragraph"'))}
        <p class="zn-body__footer">{story.outlet}’s Hanna Brix contributed to this report.</p></section></div>
        <iframe src="ad.html"></iframe><div class="m-footer"><p>Terms of Use | Privacy Policy | Ad Choices</p></div>""")  # fmt: skip
    return page.replace(
        "<html",
        f"<!-- saved from url=(0045)https://www.example.org/{story.date.replace('-', '/')}/asia/story.html -->\n<html",
        1,
    )


def tribune(story: Story) -> str:
    """A daily with capital READ lines between the paragraphs, an agency credit, tags and a 'load comments' button."""
    body = _p(story)
    body.insert(1, '<p>READ: <a href="/q">Minister inspects the bridges</a></p>')
    body.insert(4, '<p><strong>ALSO READ</strong> <a href="/r">Five rivers in one day</a></p>')
    return _page(story, f'<meta property="og:title" content="{story.title} | {story.outlet}"><meta property="og:site_name" content="{story.outlet}">'
        f'<meta name="publish-date" content="{story.date} 21:14:05"><meta name="author" content="{story.author}">', f"""
        <div class="top-menu"><a>Home</a><a>Pakistan</a></div><div class="story-box"><h1>{story.title}</h1><h2 class="excerpt">Officials promise more by summer</h2>
        <div class="left-authorbox"><span><a>{story.author}</a></span><span>{story.day}</span></div>
        <div class="featured-image"><img><p class="caption">PHOTO: FILE</p></div><span class="story-text">{"".join(body)}</span>
        <div class="tags">Tags: <a>water</a> <a>rivers</a></div><div class="comments-box"><button>Load comments</button>
        <p>Comments are moderated and generally will be posted if they are on-topic and not abusive. For more information, please see our FAQ.</p></div></div>""")  # fmt: skip


def div_soup(story: Story) -> str:
    """A page of hashed classes without a single <p> or heading."""
    body = "".join(
        f'<div class="css-{i}a2b"><div class="css-x{i}">{p}</div></div>' for i, p in enumerate(story.paragraphs)
    )
    return _page(story, _og(story), f"""
        <div class="css-nav"><div>Home</div><div>Politics</div><div>Culture</div></div><div class="css-h1">{story.title}</div>
        <div class="css-by">By {story.author}</div><div class="css-dt">{story.day}</div><div class="css-share"><div>Share full article</div><div>312</div></div>
        <div class="css-body">{body}</div><div class="css-end"><div>A version of this article appears in print on page A8 of the main edition.</div>
        <div>Order Reprints | Today’s Paper | Subscribe</div></div>""")  # fmt: skip


def print_view(story: Story) -> str:
    """A printer-friendly page: the URL at the foot, a 'print this page' line, hard line breaks inside paragraphs."""
    body = "".join(f"<p>{textwrap.fill(p, 70)}</p>" for p in story.paragraphs)
    return _page(story, f'<link rel="canonical" href="https://courier.example/{story.date.replace("-", "/")}/story/"><meta property="og:site_name" content="{story.outlet}">', f"""
        <p><a href="javascript:print()">Print this page</a></p><h1>{story.title}</h1><p>By {story.author} in {story.place}</p>{body}
        <hr><p>Find this story at: https://courier.example/{story.date.replace("-", "/")}/story/</p><p>© {story.outlet}</p>""")  # fmt: skip


def magazine(story: Story) -> str:
    """A magazine: teasers of other stories longer than the story's paragraphs, in the middle column."""
    body = _p(story)
    half = len(body) // 2
    river = "".join(f'<div class="card"><h3>{h}</h3><p>{t} {t}</p><a>Continue reading</a></div>' for h, t in _TEASERS)
    return _page(story, _og(story) + _json_ld(story), f"""
        <header class="masthead"><a>{story.outlet}</a></header><div class="grid"><main id="content"><article><h1>{story.title}</h1>
        <p class="byline">{story.author} | {story.day}</p>{"".join(body[:half])}<div class="inline-related"><h4>Recommended Stories</h4>{river}</div>
        {"".join(body[half:])}<p><em>Follow {story.outlet} on Twitter and Facebook.</em></p></article></main><div class="rail">{river}{river}</div></div>""")  # fmt: skip


def blog_breaks(story: Story) -> str:
    """A hosted blog: paragraphs parted by line breaks, the blog's name as the heading, an archive beside the post."""
    return f"""<html><head><title>{story.outlet}: {story.title}</title></head><body><div class="header"><h1>{story.outlet}</h1></div>
        <div class="date-outer"><h2 class="date-header"><span>{story.day}</span></h2><h3 class="post-title">{story.title}</h3>
        <div class="post-body">{"<br /><br />".join(story.paragraphs)}<div style="clear: both;"></div></div>
        <div class="post-footer">Posted by {story.author} at 10:15 AM <a>Email This</a><a>BlogThis!</a> Labels: <a>water</a></div></div>
        <div class="sidebar"><h2>Blog Archive</h2><ul><li>2019 (14)</li><li>2018 (120)</li></ul><h2>About Me</h2>
        <p>I write about rivers and the people who live along them, from a small room with a large window.</p></div></body></html>"""


def network(story: Story) -> str:
    """A television network: a list for screen readers in mid-text, bracketed captions, two dates, a source line."""
    body = _p(story)
    body.insert(
        2,
        """<div class="more-on"><h2>Recommended Stories</h2><span class="screen-reader-text">list of 2 items</span><ul>
        <li><span>list 1 of 2</span><h3>Why the rains came late this year</h3></li><li><span>list 2 of 2</span>
        <h3>Photos: A day on the lake</h3></li></ul><span>end of list</span></div>""",
    )
    body.insert(
        5,
        """<div class="embed"><div>Embed</div><p>The code has been copied to your clipboard.</p><div>0:00 0:02:14</div></div>""",
    )
    return _page(story, _json_ld(story) + _og(story), f"""
        <nav>News Middle East Explained</nav><main><header><h1>{story.title}</h1></header>
        <figure><figcaption>People by the water on Monday [Imran Shah/VCN]</figcaption></figure><div>By <a>{story.author}</a></div>
        <div class="article-dates">Published On {story.day}<span>3 Apr 2019</span></div><button>Save</button>
        <div class="wysiwyg">{"".join(body)}</div><div class="article-source">Source: {story.outlet}</div></main>
        <footer>Follow Us Share</footer>""")  # fmt: skip


def regional_agency(story: Story) -> str:
    """A regional agency: editors' initials and a hit counter under the text, headlines beside it, a login."""
    return f"""<html><head><title>{story.title} - {story.outlet}</title><meta property="og:title" content="{story.title}">
        <meta name="author" content="{story.author}"><meta property="article:published_time" content="{story.date}T12:00:00+04:30"></head>
        <body><div id="top"><a>English</a><a>Pashto</a><a>Dari</a></div><h1 class="page-header">{story.title}</h1>
        <div class="submitted">By <a>{story.author}</a> On {story.day} - 12:00</div><div class="field-body">{"".join(_p(story))}
        <p>sa/mud</p><p>Hits: 234</p></div><div class="block-views"><h2>Related Article</h2><div>Kandahar orchard owners expect a good
        year</div><div>Two bridges open in Ghor</div></div><div id="login"><input type="password"></div></body></html>"""


def other_headline(story: Story) -> str:
    """A page whose metadata carry another headline than it shows, and comments without any class."""
    comments = "".join(
        f"<div><b>user{i}</b> • 2 years ago<div>{c}</div><div>3 △ ▽ Reply Share ›</div></div>"
        for i, c in enumerate(_COMMENTS)
    )
    head = f'<meta property="og:title" content="What we know so far"><meta property="og:site_name" content="{story.outlet}">'
    return _page(story, head + _json_ld(story, headline="The plan: what we know"), f"""
        <div id="masthead"><span>{story.outlet}</span></div><article><h1>{story.title}</h1><div class="meta"><span>{story.author}</span>
        <span>{story.day}</span></div>{"".join(_p(story))}<div id="disqus">{comments}</div></article>""", "What we know so far")  # fmt: skip


LAYOUTS: dict[str, Callable[[Story], str]] = {
    layout.__name__: layout
    for layout in (wire, broadcaster, daily, table_layout, weekly, wordpress, amp, script_only, long_read, local_paper,
                   saved_page, tribune, div_soup, print_view, magazine, blog_breaks, network, regional_agency, other_headline)
}  # fmt: skip


# PDF files by hand: text operators of Helvetica on small pages.

_BASE = {"“": 0x93, "”": 0x94, "‘": 0x91, "’": 0x92, "–": 0x96, "—": 0x97, "ﬁ": 0x01, "ﬂ": 0x02}


def _string(text: str) -> bytes:
    codes = bytes(_BASE.get(c) or c.encode("cp1252")[0] for c in text)
    return b"(" + codes.replace(b"\\", b"\\\\").replace(b"(", b"\\(").replace(b")", b"\\)") + b")"


def _pdf(pages: list[list[tuple[float, float, float, str]]], info: dict[str, str]) -> bytes:
    """A PDF file of pages of (x, y, size, text)."""
    objects = [b"<< /Type /Catalog /Pages 2 0 R >>", b"",
               b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica /Encoding << /Type /Encoding "
               b"/BaseEncoding /WinAnsiEncoding /Differences [1 /fi /fl] >> >>",
               b"<< " + b" ".join(f"/{k} ({v})".encode("cp1252") for k, v in info.items()) + b" >>"]  # fmt: skip
    for lines in pages:
        stream = b"\n".join(b"BT /F1 %.1f Tf %.1f %.1f Td %s Tj ET" % (s, x, y, _string(t)) for x, y, s, t in lines)
        objects.append(
            b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents %d 0 R "
            b"/Resources << /Font << /F1 3 0 R >> >> >>" % (len(objects) + 2)
        )
        objects.append(b"<< /Length %d >>\nstream\n%s\nendstream" % (len(stream), stream))
    kids = b" ".join(b"%d 0 R" % (5 + 2 * i) for i in range(len(pages)))
    objects[1] = b"<< /Type /Pages /Kids [%s] /Count %d >>" % (kids, len(pages))
    out, offsets = bytearray(b"%PDF-1.4\n"), []
    for number, body in enumerate(objects, 1):
        offsets.append(len(out))
        out += b"%d 0 obj\n%s\nendobj\n" % (number, body)
    xref = len(out)
    out += b"xref\n0 %d\n0000000000 65535 f \n" % (len(objects) + 1) + b"".join(
        b"%010d 00000 n \n" % o for o in offsets
    )
    return bytes(
        out + b"trailer << /Size %d /Root 1 0 R /Info 4 0 R >>\nstartxref\n%d\n%%%%EOF" % (len(objects) + 1, xref)
    )


_WIDTHS = dict(zip(map(chr, range(32, 127)), map(int, (  # of Helvetica, thousandths of its size: Adobe's font metrics
    "278 278 355 556 556 889 667 191 333 333 389 584 278 333 278 278 556 556 556 556 556 556 556 556 556 556 278 278 584 584 "
    "584 556 1015 667 667 722 722 667 611 778 722 278 500 667 556 833 722 778 667 778 722 667 611 722 667 944 667 667 611 278 "
    "278 278 469 556 333 556 556 500 556 556 278 556 556 222 222 500 222 833 556 556 556 556 333 500 278 556 500 722 500 500 "
    "500 334 260 334 584").split()), strict=True)) | {"“": 333, "”": 333, "’": 222, "—": 1000, "ﬁ": 500, "ﬂ": 500}  # fmt: skip


def _wrap(text: str, width: float, size: float, hyphens: bool = False) -> list[str]:
    """Lines of at most that width in points; with hyphens, a long word is broken at a line's end as typesetters do."""
    lines, line = [], ""

    def fits(part: str) -> bool:
        return sum(_WIDTHS[c] for c in part) * size / 1000 <= width

    for word in text.replace("\u00ad", "").split():
        if fits(f"{line} {word}"):
            line = f"{line} {word}".strip()
            continue
        cuts = [i for i in range(len(word) - 3, 2, -1) if fits(f"{line} {word[:i]}-")]
        if hyphens and word.isalpha() and cuts:
            lines.append(f"{line} {word[: cuts[0]]}-")
            line = word[cuts[0] :]
        else:
            lines.append(line)
            line = word
    return [*lines, line]


def _set(lines: list[tuple[float, float, float, str]], columns: list[float], top: float, bottom: float) -> list[list]:
    """Lines of (indent, space above, size, text) set into columns and pages."""
    pages, column, y = [[]], 0, top
    for indent, space, size, text in lines:
        y -= space + size * 1.2
        if y < bottom:
            column, y = (column + 1) % len(columns), top - size * 1.2
            pages += [[]] if column == 0 else []
        pages[-1].append((columns[column] + indent, y, size, text))
    return pages


def pdf_report(story: Story) -> bytes:
    """Spaced paragraphs with words broken at line ends; a running head and page numbers on every page."""
    lines = [(0, 0, 18, t) for t in _wrap(story.title, 400, 18)] + [
        (0, 8, 10, f"By {story.author}"),
        (0, 2, 10, story.day),
    ]
    for paragraph in story.paragraphs:
        lines += [(0, 8 if i == 0 else 0, 11, t) for i, t in enumerate(_wrap(paragraph, 420, 11, True))]
    pages = _set(lines, [70], 780, 480)
    for number, page in enumerate(pages, 1):
        page.insert(0, (70, 810, 9, f"{story.outlet} — {story.day}"))
        page.append((270, 40, 9, f"Page {number} of {len(pages)}"))
    return _pdf(
        pages,
        {
            "Title": "doc-final-2",
            "Author": story.author,
            "CreationDate": f"D:{story.date.replace('-', '')}101500+05'00'",
        },
    )


def pdf_columns(story: Story) -> bytes:
    """A newspaper page: two columns, paragraphs indented and not spaced, words broken, the headline across."""
    lines = []
    for paragraph in story.paragraphs:
        lines += [(12 if i == 0 else 0, 0, 9, t) for i, t in enumerate(_wrap(paragraph, 230, 9, True))]
    pages = _set(lines, [50, 310], 720, 300)
    pages[0][:0] = [
        (50, 780, 20, story.title),
        (50, 760, 10, f"By {story.author} in {story.place}"),
        (50, 745, 10, f"Published: {story.day}"),
    ]
    for number, page in enumerate(pages, 7):
        page.append((290, 30, 8, str(number)))
    return _pdf(pages, {"Producer": "a press"})


def pdf_print(story: Story) -> bytes:
    """A web page printed from a browser: date and title above, address and page below, captions and share lines within."""
    lines = [(0, 0, 9, "Home | News | Sport")] + [(0, 4, 22, t) for t in _wrap(story.title, 430, 22)]
    lines += [(0, 8, 10, f"By {story.author}"), (0, 2, 10, f"Published {story.day}"), (0, 8, 10, "Share this article"),
              (0, 60, 9, "The boxes on the day of the trial. Photo: Hanna Brix/VCN")]  # fmt: skip
    for paragraph in story.paragraphs:
        lines += [(0, 12 if i == 0 else 0, 12, t) for i, t in enumerate(_wrap(paragraph, 440, 12))]
    lines += [(0, 20, 9, f"© {story.outlet}. All rights reserved.")]
    pages = _set(lines, [60], 790, 420)
    for number, page in enumerate(pages, 1):
        page.insert(0, (30, 820, 8, f"1/9/24, 10:12 AM  {story.title}"))
        page.append((30, 20, 8, f"https://courier.example/story/881  {number}/{len(pages)}"))
    return _pdf(pages, {"Title": story.title, "Creator": "Mozilla/5.0", "Producer": "Skia/PDF"})


def pdf_ligatures(story: Story) -> bytes:
    """A set page with ﬁ and ﬂ as single glyphs and one line a text object, one page."""
    lines = [(0, 0, 16, story.title), (0, 4, 9, f"{story.day} - By {story.author}")]
    for paragraph in story.paragraphs:
        text = paragraph.replace("fi", "ﬁ").replace("fl", "ﬂ")
        lines += [(0, 6 if i == 0 else 0, 10, t) for i, t in enumerate(_wrap(text, 470, 10))]
    return _pdf(_set(lines, [60], 800, 60), {})


def pdf_scan() -> bytes:
    """A page without a text layer."""
    return _pdf([[]], {"Title": "Scan 0001"})


PDFS = {f.__name__: f for f in (pdf_report, pdf_columns, pdf_print, pdf_ligatures)}


# Word files


def _saved(document) -> bytes:
    out = io.BytesIO()
    document.save(out)
    return out.getvalue()


def docx_styled(story: Story) -> bytes:
    """A Word file with styles, a caption, a page header and core properties."""
    document = docx.Document()
    document.core_properties.title, document.core_properties.author = story.title, story.author
    document.core_properties.created = datetime.fromisoformat(story.date + "T09:00:00")
    document.sections[0].header.paragraphs[0].text = f"{story.outlet} — internal"
    document.add_paragraph(story.title, style="Title")
    document.add_paragraph("The river in March", style="Caption")
    for paragraph in story.paragraphs:
        document.add_paragraph(
            paragraph, style="Heading 2" if len(paragraph.split()) == 4 and paragraph[-1] != "." else None
        )
    return _saved(document)


def docx_plain(story: Story) -> bytes:
    """A Word file without styles or properties: a bold title, a byline and a date as lines of text."""
    document = docx.Document()
    document.core_properties.author = ""
    document.add_paragraph().add_run(story.title).bold = True
    document.add_paragraph(f"By {story.author}\n{story.day}")
    for paragraph in story.paragraphs:
        document.add_paragraph(
            paragraph.replace("fi", "ﬁ").replace(" the ", "\u00a0the ").replace("government", "govern\u00adment")
        )
        document.add_paragraph("")
    document.add_paragraph(f"© {story.outlet}")
    return _saved(document)


def docx_edited(story: Story) -> bytes:
    """A Word file with tracked changes: one paragraph inserted, another deleted; decomposed letters."""
    document = docx.Document()
    document.add_heading(story.title, 1)
    document.add_paragraph(f"Published: {story.day}")
    for number, paragraph in enumerate(story.paragraphs):
        added = document.add_paragraph(unicodedata.normalize("NFD", paragraph))
        if number == 1:
            run = added.runs[0]._r
            change = OxmlElement("w:ins")
            run.addprevious(change)
            change.append(run)
    struck = document.add_paragraph("This was taken out.").runs[0]._r
    struck.find(qn("w:t")).tag = qn("w:delText")
    return _saved(document)


DOCX = {f.__name__: f for f in (docx_styled, docx_plain, docx_edited)}
ENCODINGS = ("utf-8", "utf-8-sig", "utf-16", "utf-16-le", "cp1252", "mac_roman")


def plain(story: Story, encoding: str = "utf-8") -> bytes:
    """The story as a text file, hard-wrapped, with its byline and a credit line."""
    blocks = [
        story.title,
        f"By {story.author}\n{story.day}",
        "AP Photo/Imran Shah",
        *(textwrap.fill(p, 72) for p in story.paragraphs),
    ]
    return "\n\n".join(blocks).replace("\u00ad", "").encode(encoding)


def markdown(story: Story) -> bytes:
    """The story as Markdown with a front matter."""
    body = "\n\n".join(textwrap.fill(p, 72) for p in story.paragraphs).replace(
        "Who gets how much", "## Who gets how much"
    )
    return f'---\ntitle: "{story.title}"\ndate: {story.date}\nauthor: {story.author}\n---\n\n# {story.title}\n\n![The river](r.jpg)\n\n{body}\n'.encode()
