from dataclasses import replace
from itertools import combinations

from hypothesis import given
from hypothesis import strategies as st

from lakehouse.model.dataset import Lake
from tests.unit.lakehouse.datasets import ORDERS, TOTALS
from tools.lake.site.drawing import BOX_HEIGHT, draw
from tools.lake.site.layout import GAP, Arrangement, Node, arrange
from tools.lake.site.lineage import Lineage

NODES = st.lists(
    st.builds(Node, st.text("abcdefgh", min_size=3), st.sampled_from("xyz"), st.integers(0, 3), st.just(48)),
    max_size=25,
    unique_by=lambda node: node.id,
)


def _overlaps(nodes: list[Node], placed: Arrangement) -> list[tuple[str, str]]:
    return [
        (one.id, two.id)
        for one, two in combinations(nodes, 2)
        if one.rank == two.rank and abs(placed.tops[one.id] - placed.tops[two.id]) < one.height + GAP - 0.001
    ]


@given(NODES, st.data())
def test_arrange_keeps_nodes_apart_and_in_their_band_when_joined_anyhow(
    nodes: list[Node], data: st.DataObject
) -> None:
    pairs = [(one.id, two.id) for one in nodes for two in nodes if one.rank < two.rank]
    edges = data.draw(st.lists(st.sampled_from(pairs), unique=True)) if pairs else []
    placed = arrange(nodes, edges)
    assert _overlaps(nodes, placed) == []
    for node in nodes:
        top, height = placed.bands[node.band]
        assert top <= placed.tops[node.id] <= top + height - node.height
    assert placed == arrange(list(reversed(nodes)), list(reversed(edges)))


def test_arrange_uncrosses_edges_when_the_order_of_names_would_cross_them() -> None:
    nodes = [Node(name, "x", rank, 48) for rank, names in enumerate(("ab", "pq")) for name in names]
    tops = arrange(nodes, [("a", "q"), ("b", "p")]).tops
    assert (tops["a"] < tops["b"]) == (tops["q"] < tops["p"])


def test_arrange_stands_a_node_level_with_the_mean_when_it_joins_two() -> None:
    nodes = [Node("a", "x", 0, 48), Node("b", "x", 0, 48), Node("c", "x", 1, 48)]
    tops = arrange(nodes, [("a", "c"), ("b", "c")]).tops
    assert tops["c"] == (tops["a"] + tops["b"]) / 2


def test_draw_leads_an_edge_past_boxes_when_it_skips_a_rank() -> None:
    final = replace(TOTALS, name="final", inputs=("shop/orders", "shop/totals"))
    drawing = draw(Lineage(Lake((ORDERS, TOTALS, final))))
    boxes = {box.dataset.id: box for box in drawing.boxes}
    assert boxes["shop/orders"].left < boxes["shop/totals"].left < boxes["shop/final"].left
    long = next(edge for edge in drawing.reads if (edge.source, edge.target) == ("shop/orders", "shop/final"))
    lane = float(long.path.split("H")[0].split()[-1])
    middle = boxes["shop/totals"].top + BOX_HEIGHT / 2
    assert abs(lane - middle) > BOX_HEIGHT / 2


def test_draw_names_the_columns_that_it_has_when_there_is_gold_alone() -> None:
    constant = replace(TOTALS, inputs=())
    assert [name for name, _ in draw(Lineage(Lake((constant,)))).columns] == ["Gold"]
    assert [name for name, _ in draw(Lineage(Lake((ORDERS,)))).columns] == ["Source", "Bronze", "Silver"]


def test_around_leaves_out_the_far_when_too_much_is_near() -> None:
    chain = [replace(TOTALS, name="step_0", inputs=("shop/orders",))]
    for number in range(1, 80):
        chain.append(replace(TOTALS, name=f"step_{number}", inputs=(f"shop/step_{number - 1}",)))
    lineage = Lineage(Lake((ORDERS, *chain)))
    assert lineage.around("shop/step_40") == {"shop/step_39", "shop/step_40", "shop/step_41"}
