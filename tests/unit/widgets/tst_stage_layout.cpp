// SPDX-License-Identifier: GPL-3.0-or-later
// Where the stages of a run stand: chains wrap, branches stand below one another, no line runs through a stage.
#include "widgets/base/stage_layout.h"

#include <QTest>

#include <algorithm>

using namespace pilothouse::ui;

namespace {

QStringList names(const char *words) { return QString::fromLatin1(words).split(QLatin1Char(' ')); }

const StageLayout::Edge *edge(const StageLayout &layout, int from, int to) {
    const auto it = std::find_if(layout.edges.begin(), layout.edges.end(), [&](const auto &e) { return e.from == from && e.to == to; });
    return it == layout.edges.end() ? nullptr : &*it;
}

/// Whether a straight piece of the line goes through a point.
bool passes(const StageLayout::Edge &edge, const QPointF &at) {
    for (std::size_t i = 0; i + 1 < edge.points.size(); ++i) {
        const QPointF a = edge.points[i], b = edge.points[i + 1];
        if (at.x() >= std::min(a.x(), b.x()) - 1 && at.x() <= std::max(a.x(), b.x()) + 1 && at.y() >= std::min(a.y(), b.y()) - 1 && at.y() <= std::max(a.y(), b.y()) + 1)
            return true;
    }
    return false;
}

} // namespace

class TestStageLayout : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void aChainWrapsAfterEight() {
        const auto layout = layoutStages(stageOrder(names("a b c d e f g h i j k l m n o p"), std::vector<QStringList>(16)), {});
        QCOMPARE(layout.places[0], QPointF(50, 48));
        QCOMPARE(layout.places[7], QPointF(750, 48));
        QCOMPARE(layout.places[8], QPointF(50, 144));
        QCOMPARE(layout.height, 192.0);
        QVERIFY(!layout.branched);
        QCOMPARE(layout.edges.size(), std::size_t(15));
        QCOMPARE(edge(layout, 7, 8)->points.size(), std::size_t(6)); // around the end of the row
    }

    void aShortChainTakesTheWidth() {
        const auto layout = layoutStages(stageOrder(names("a b"), std::vector<QStringList>(2)), {});
        QCOMPARE(layout.places[0], QPointF(200, 48));
        QCOMPARE(layout.places[1], QPointF(600, 48));
    }

    void branchesStandBelowOneAnother() {
        // checkout → (test, lint, build) → push
        const auto layout = layoutStages(stageOrder(names("checkout test lint build push"), {{}, names("checkout"), names("checkout"), names("checkout"), names("test lint build")}), {});
        QVERIFY(layout.branched);
        QCOMPARE(layout.places[1].x(), layout.places[2].x());
        QCOMPARE(layout.places[2].y() - layout.places[1].y(), 72.0);
        QCOMPARE(layout.places[3].y() - layout.places[2].y(), 72.0);
        QCOMPARE(layout.places[4].y(), layout.places[0].y()); // they join where they parted
        QVERIFY(layout.places[4].x() > layout.places[1].x());
        QCOMPARE(layout.height, 96.0 + 2 * 72.0);
        QCOMPARE(layout.edges.size(), std::size_t(6));
    }

    void severalMayBegin() {
        const auto order = stageOrder(names("a b c"), {names("begin"), names("begin"), names("a b")});
        QVERIFY(order[0].empty() && order[1].empty());
        const auto layout = layoutStages(order, {});
        QCOMPARE(layout.places[0].x(), layout.places[1].x());
        QVERIFY(layout.places[0].y() != layout.places[1].y());
    }

    void whatAnotherStageLeadsToAlreadyIsNoLineOfItsOwn() {
        const auto order = stageOrder(names("load train test"), {{}, names("load"), names("load train")});
        QCOMPARE(order[2], std::vector<int>{1});
    }

    void aLongLineGoesRoundTheStagesBetween() {
        // a → b → c → d, and a → x → d, and a → y, where y ends far behind
        const auto layout = layoutStages(stageOrder(names("a b c d x"), {{}, names("a"), names("b"), names("c x"), names("a")}), {});
        const auto *line = edge(layout, 4, 3);
        QVERIFY(line);
        for (const int between : {1, 2})
            QVERIFY(!passes(*line, layout.places[std::size_t(between)]));
    }

    void aCircleIsCutAndNothingHangs() {
        const auto order = stageOrder(names("a b c"), {names("c"), names("a"), names("b")});
        const auto layout = layoutStages(order, {});
        QCOMPARE(layout.places.size(), std::size_t(3));
        QCOMPARE(layout.edges.size(), std::size_t(2));
        QVERIFY(stageOrder(names("a"), {names("a")})[0].empty());
    }

    void aGraphWrapsByItsColumns() {
        QStringList ids;
        std::vector<QStringList> after;
        for (int i = 0; i < 10; ++i) { // ten columns of two
            ids << QString::number(i) << QString::number(i) + QLatin1Char('b');
            after.push_back(i ? QStringList{QString::number(i - 1)} : QStringList{});
            after.push_back(i ? QStringList{QString::number(i - 1) + QLatin1Char('b')} : QStringList{});
        }
        const auto layout = layoutStages(stageOrder(ids, after), {});
        QCOMPARE(layout.height, 2 * (96.0 + 72.0));
        QCOMPARE(layout.places[16].x(), layout.places[0].x());
        QCOMPARE(layout.places[16].y() - layout.places[0].y(), 168.0);
    }

    void noStagesAndManyStages() {
        QVERIFY(layoutStages({}, {}).places.empty());
        QStringList ids;
        std::vector<QStringList> after;
        for (int i = 0; i < 1000; ++i) { // a matrix of jobs
            ids << QString::number(i);
            after.push_back(i == 0 ? QStringList{} : QStringList{QStringLiteral("0")});
        }
        const auto layout = layoutStages(stageOrder(ids, after), {});
        QCOMPARE(layout.places.size(), std::size_t(1000));
        QCOMPARE(layout.height, 96.0 + 998 * 72.0);
    }
};

QTEST_APPLESS_MAIN(TestStageLayout)
#include "tst_stage_layout.moc"
