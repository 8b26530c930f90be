// SPDX-License-Identifier: GPL-3.0-or-later
// The log of a workload: its ring, its rows, its view.
#include "widgets/base/field.h"
#include "widgets/base/button.h"
#include "widgets/cluster/pod_log_view.h"

#include <QAbstractItemModelTester>
#include <QElapsedTimer>
#include <QFile>
#include <QLabel>
#include <QLineEdit>
#include <QScrollBar>
#include <QSignalSpy>
#include <QTemporaryDir>
#include <QTest>

using namespace pilothouse;
using namespace pilothouse::ui;
using cluster::LogBatch;
using cluster::LogLevel;
using cluster::LogLine;

namespace {

LogBatch batch(int from, int count, const QByteArray &text = "line ") {
    LogBatch out;
    out.sources = {{QStringLiteral("web-1"), QStringLiteral("app"), false}, {QStringLiteral("web-2"), QStringLiteral("app"), false}};
    for (int i = from; i < from + count; ++i) {
        const QByteArray line = text + QByteArray::number(i) + (i % 10 == 0 ? " ERROR" : "");
        out.lines.push_back({1'700'000'000'000'000'000LL + i * 1'000'000LL, i % 2, cluster::logLevelOf(line), line});
    }
    return out;
}

} // namespace

class TestPodLog : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void rowsGrowAndLeave() {
        PodLogModel model(2 << 20);
        QAbstractItemModelTester tester(&model, QAbstractItemModelTester::FailureReportingMode::QtTest);
        QSignalSpy inserted(&model, &QAbstractItemModel::rowsInserted);
        model.append(batch(0, 1000));
        QCOMPARE(model.rowCount(), 1000);
        QCOMPARE(inserted.size(), 1); // one signal a batch
        QCOMPARE(model.text(999), QStringLiteral("line 999"));
        QCOMPARE(model.data(model.index(3), PodLogModel::SourceRole).toString(), QStringLiteral("web-2/app"));
        for (int i = 1; i < 100; ++i)
            model.append(batch(i * 1000, 1000));
        QVERIFY(model.left() > 0);
        QVERIFY(model.store().bytes() <= (2 << 20) + (1 << 20)); // by a block at most
        QCOMPARE(qint64(model.rowCount()) + model.left(), 100'000);
        QCOMPARE(model.text(model.rowCount() - 1), QStringLiteral("line 99999"));
        QCOMPARE(model.text(0), QStringLiteral("line ") + QString::number(model.left()) + (model.left() % 10 == 0 ? QStringLiteral(" ERROR") : QString()));
    }

    void aFilterLetsThroughWhatFits() {
        PodLogModel model;
        QAbstractItemModelTester tester(&model, QAbstractItemModelTester::FailureReportingMode::QtTest);
        model.append(batch(0, 50'000));
        QVERIFY(!model.setFilter(QStringLiteral("[")));
        QVERIFY(model.setFilter(QStringLiteral("line 123..$")));
        QTRY_VERIFY(!model.isFiltering());
        QCOMPARE(model.rowCount(), 90); // 12300 … 12399 without those that end with ERROR
        model.append(batch(12'300, 1));
        model.append(batch(12'301, 1));
        QTRY_COMPARE(model.rowCount(), 91);
        QVERIFY(model.setFilter({}, LogLevel::Error));
        QTRY_VERIFY(!model.isFiltering());
        QCOMPARE(model.rowCount(), 5001);
        QVERIFY(model.setFilter({}));
        QCOMPARE(model.rowCount(), 50'002);
    }

    void aHeldLogKeepsAndWaits() {
        PodLogModel model;
        model.append(batch(0, 10));
        model.setHeld(true);
        model.append(batch(10, 5));
        QCOMPARE(model.rowCount(), 10);
        QCOMPARE(model.waiting(), 5);
        QVERIFY(model.setFilter(QStringLiteral("line")));
        QTRY_COMPARE(model.rowCount(), 10);
        model.setHeld(false);
        QTRY_COMPARE(model.rowCount(), 15);
    }

    void isSavedAsItStands() {
        PodLogModel model;
        model.append(batch(0, 3));
        const cluster::LogStore snapshot = model.store();
        model.append(batch(3, 3)); // goes on meanwhile
        QTemporaryDir dir;
        QVERIFY(cluster::saveLog(snapshot, model.sources(), dir.filePath(QStringLiteral("log.txt"))));
        QFile file(dir.filePath(QStringLiteral("log.txt")));
        QVERIFY(file.open(QIODevice::ReadOnly));
        QCOMPARE(file.readAll(), QByteArray("2023-11-14T22:13:20.000000000Z web-1/app line 0 ERROR\n2023-11-14T22:13:20.001000000Z web-2/app line 1\n2023-11-14T22:13:20.002000000Z web-1/app line 2\n"));
    }

    void theViewFollowsUntilOneLooksBack() {
        PodLogView view;
        view.resize(900, 400);
        view.show();
        QVERIFY(QTest::qWaitForWindowExposed(&view));
        view.model().append(batch(0, 2000));
        auto *bar = view.canvas().verticalScrollBar();
        QVERIFY(bar->maximum() > 1900);
        QCOMPARE(bar->value(), bar->maximum());
        bar->setValue(100);
        QVERIFY(!view.canvas().follows());
        view.model().append(batch(2000, 1000));
        QCOMPARE(bar->value(), 100);
        QTest::keyClick(&view.canvas(), Qt::Key_End);
        QVERIFY(view.canvas().follows());
        QCOMPARE(bar->value(), bar->maximum());
        view.findChild<CheckBox *>(QStringLiteral("podLogWrap"));
        view.canvas().setWrap(true);
        QCOMPARE(bar->value(), bar->maximum());
        auto *find = view.findChild<QLineEdit *>(QStringLiteral("podLogFind"));
        find->setText(QStringLiteral("Line 1234"));
        QTest::keyClick(find, Qt::Key_Return);
        QCOMPARE(view.canvas().currentRow(), 1234);
        QCOMPARE(view.canvas().selectedText(), QStringLiteral("2023-11-14T22:13:21.234000000Z web-1/app line 1234"));
        find->setText(QStringLiteral("not there"));
        QTest::keyClick(find, Qt::Key_Return);
        QVERIFY(view.findChild<QLabel *>(QStringLiteral("podLogCounts"))->text().contains(QStringLiteral("not there")));
        auto *filter = view.findChild<QLineEdit *>(QStringLiteral("podLogFilter"));
        filter->setText(QStringLiteral("ERROR$"));
        QTRY_COMPARE(view.model().rowCount(), 300);
        filter->setText(QStringLiteral("ERROR("));
        QVERIFY(view.findChild<QLabel *>(QStringLiteral("podLogCounts"))->text().contains(QStringLiteral("no regular expression")));
        QCOMPARE(view.model().rowCount(), 300);
        QTest::mouseClick(view.findChild<Button *>(QStringLiteral("podLogPause")), Qt::LeftButton);
        QVERIFY(view.model().isHeld());
        QSignalSpy save(&view, &PodLogView::saveWanted);
        QTest::mouseClick(view.findChild<Button *>(QStringLiteral("podLogSave")), Qt::LeftButton);
        QCOMPARE(save.size(), 1);
    }

    void aMillionRowsAreScrolled() {
        PodLogView view;
        view.resize(900, 400);
        view.show();
        QVERIFY(QTest::qWaitForWindowExposed(&view));
        for (int i = 0; i < 100; ++i)
            view.model().append(batch(i * 10'000, 10'000, "x"));
        QCOMPARE(view.model().left(), 0); // short lines: all fit into 64 MiB
        QCOMPARE(view.model().rowCount(), 1'000'000);
        view.canvas().setWrap(true);
        auto *bar = view.canvas().verticalScrollBar();
        for (int i = 0; i < 50; ++i) { // each step paints
            bar->setValue(i * 19'000);
            view.canvas().viewport()->repaint();
        }
        QVERIFY(view.model().store().bytes() < (64 << 20));
    }
};

QTEST_MAIN(TestPodLog)
#include "tst_pod_log.moc"
