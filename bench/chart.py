"""Figures to a picture: how many times hand-written C's time each engine takes, on a logarithmic scale; one dot a page, a bar to their
geometric mean."""
import math
from xml.sax.saxutils import escape

LEFT, WIDTH, ROW, TOP, BOTTOM = 190, 560, 26, 34, 44
STYLE = """<style>
text { font: 13px system-ui, sans-serif; fill: #57606a } .name { text-anchor: end } .ours { font-weight: 600; fill: #0969da }
.axis { stroke: #8c959f; stroke-opacity: .35 } .bar { fill: #8c959f; fill-opacity: .45 } .bar.ours { fill: #0969da; fill-opacity: .55 }
.dot { fill: #57606a; fill-opacity: .8 } .tick { text-anchor: middle } .number { font-size: 11px }
@media (prefers-color-scheme: dark) { text, .dot { fill: #9198a1 } .ours, .bar.ours { fill: #4493f8 } }
</style>"""


def mean(ratios):
    return math.exp(sum(map(math.log, ratios)) / len(ratios))


def svg(ratios):
    """`ratios`: {engine: {page: times C}}. The engines in the order of their means; what begins with "burin" stands out."""
    engines = sorted((e for e in ratios if ratios[e]), key=lambda e: mean(ratios[e].values()))
    top = max(x for e in engines for x in ratios[e].values())
    bottom = min(1, *(x for e in engines for x in ratios[e].values()))
    decades = math.log10(top / bottom)
    x_of = lambda ratio: LEFT + WIDTH * math.log10(ratio / bottom) / decades
    height = TOP + ROW * len(engines) + BOTTOM
    parts = ['<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 %d %d" role="img">' % (LEFT + WIDTH + 70, height), STYLE,
             "<title>Time of a warm render, as a multiple of hand-written C</title>"]
    for power in range(math.ceil(math.log10(bottom)), int(math.log10(top)) + 1):
        x = x_of(10 ** power)
        parts.append('<line class="axis" x1="%.1f" x2="%.1f" y1="%d" y2="%d"/><text class="tick" x="%.1f" y="%d">%s×</text>' % (
            x, x, TOP - 8, height - BOTTOM, x, height - BOTTOM + 18, "{:,}".format(10 ** power)))
    parts.append('<text x="%d" y="18">a warm render, times hand-written C (less is better)</text>' % LEFT)
    parts.append('<text class="number" x="%d" y="%d">bar: geometric mean; dots: the pages the engine renders</text>' % (LEFT, height - 8))
    for number, engine in enumerate(engines):
        y, at, ours = TOP + ROW * number, mean(ratios[engine].values()), " ours" if engine.startswith("burin") else ""
        parts.append('<text class="name%s" x="%d" y="%d">%s</text>' % (ours, LEFT - 10, y + 17, escape(engine)))
        parts.append('<rect class="bar%s" x="%.1f" y="%d" width="%.1f" height="14" rx="2"/>' % (ours, x_of(bottom), y + 5, x_of(at) - x_of(bottom)))
        for page, ratio in ratios[engine].items():
            parts.append('<circle class="dot" cx="%.1f" cy="%d" r="2.5"><title>%s: %.3g</title></circle>' % (x_of(ratio), y + 12, escape(page), ratio))
        parts.append('<text class="number" x="%.1f" y="%d">%s</text>' % (
            x_of(max(ratios[engine].values())) + 8, y + 16, "{:,.0f}".format(at) if at >= 20 else "%.3g" % at))
    return "\n".join(parts + ["</svg>"]) + "\n"
