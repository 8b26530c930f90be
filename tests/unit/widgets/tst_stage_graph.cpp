// SPDX-License-Identifier: GPL-3.0-or-later
// The iterations of a loop in the stages of a run: one below the other, painted where they are looked at.
#include "widgets/base/stage_graph.h"

#include <QSignalSpy>
#include <QTest>

#include <set>

using namespace pilothouse;
using namespace pilothouse::ui;

namespace {

std::vector<StageMark> loop(int iterations) {
    std::vector<StageMark> marks;
    const auto add = [&](const QString &id, const QString &name, State state, const QStringList &after) {
        StageMark mark{id, name, QStringLiteral("31 s"), state, false, {}};
        mark.after = after;
        marks.push_back(mark);
    };
    add(QStringLiteral("list"), QStringLiteral("list"), State::Ok, {});
    add(QStringLiteral("loop"), QStringLiteral("shards"), State::Running, {QStringLiteral("list")});
    QStringList ends;
    for (int i = 0; i < iterations; ++i) {
        ends << QStringLiteral("loop/%1/profile").arg(i);
        add(ends.back(), QStringLiteral("profile · %1 of %2").arg(i + 1).arg(iterations), i == 2 ? State::Bad : i < 5 ? State::Ok : State::Running, {QStringLiteral("loop")});
    }
    add(QStringLiteral("merge"), QStringLiteral("merge"), State::Waiting, ends);
    return marks;
}

} // namespace

class TestStageGraph : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void iterationsStandBelowEachOther_data() {
        QTest::addColumn<int>("count");
        QTest::newRow("eight") << 8;
        QTest::newRow("a thousand") << 1000;
    }
    void iterationsStandBelowEachOther() {
        QFETCH(int, count);
        StageGraph graph;
        graph.resize(800, 400);
        graph.setStages(loop(count));
        const StageLayout &layout = graph.stageLayout();
        QCOMPARE(layout.places.size(), std::size_t(count + 3));
        std::set<double> heights;
        for (int i = 2; i < count + 2; ++i) {
            QCOMPARE(layout.places[std::size_t(i)].x(), layout.places[2].x());
            heights.insert(layout.places[std::size_t(i)].y());
        }
        QCOMPARE(heights.size(), std::size_t(count));
        QVERIFY(layout.places[1].x() < layout.places[2].x() && layout.places[2].x() < layout.places[std::size_t(count + 2)].x());
        graph.setCurrent(2);
        QSignalSpy chosen(&graph, &StageGraph::chosen);
        QTest::keyClick(&graph, Qt::Key_Down);
        QCOMPARE(chosen.front().front().toString(), QStringLiteral("loop/1/profile"));
    }
    /// A part that is scrolled into sight looks as it does in the whole.
    void aPartIsPaintedAsTheWhole() {
        StageGraph graph;
        graph.setStages(loop(40));
        graph.resize(graph.sizeHint());
        const QPixmap whole = graph.grab();
        if (const QString folder = qEnvironmentVariable("PILOTHOUSE_PICTURES_TO"); !folder.isEmpty())
            QVERIFY(whole.save(folder + QStringLiteral("/stage_graph.png")));
        for (const int top : {0, 333, 1000, graph.height() - 300}) {
            const QRect part(0, top, graph.width(), 300);
            QCOMPARE(graph.grab(part).toImage(), whole.copy(part).toImage());
        }
        QVERIFY(graph.grab(QRect(0, 333, graph.width(), 300)).toImage() != graph.grab(QRect(0, 1000, graph.width(), 300)).toImage());
    }
};

QTEST_MAIN(TestStageGraph)
#include "tst_stage_graph.moc"
