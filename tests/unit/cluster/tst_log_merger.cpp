// SPDX-License-Identifier: GPL-3.0-or-later
// Lines of containers: their time and level, the order of several, a cut that is resumed, and what does not fit.
#include "core/cluster/log_merger.h"

#include <QRandomGenerator>
#include <QTest>

using namespace pilothouse;
using namespace pilothouse::cluster;
using namespace std::chrono_literals;

namespace {

/// JSON written with single quotes: moc of Qt 6.4 loses the class behind a raw string with quotation marks.
QByteArray quoted(const char *text) { return QByteArray(text).replace('\'', '"'); }

QByteArray stamped(int second, const QByteArray &text, int nanos = 0) {
    return timestampText((1'700'000'000LL + second) * 1'000'000'000 + nanos).toUtf8() + ' ' + text + '\n';
}

QByteArray texts(const std::vector<LogLine> &lines) {
    QByteArray out;
    for (const LogLine &line : lines)
        out += QByteArray::number(line.source) + ':' + line.text + ' ';
    return out.trimmed();
}

} // namespace

class TestLogMerger : public QObject {
    Q_OBJECT
    const LogMerger::Clock::time_point t0 = LogMerger::Clock::now();
private Q_SLOTS:
    void timestamps_data() {
        QTest::addColumn<QByteArray>("line");
        QTest::addColumn<qint64>("nanos"); // −1: none
        QTest::addColumn<int>("rest");
        QTest::newRow("nanoseconds") << QByteArray("2023-11-14T22:13:20.000000001Z x") << 1'700'000'000'000'000'001LL << 31;
        QTest::newRow("no fraction") << QByteArray("2023-11-14T22:13:20Z x") << 1'700'000'000'000'000'000LL << 21;
        QTest::newRow("fewer digits") << QByteArray("2023-11-14T22:13:20.5Z x") << 1'700'000'000'500'000'000LL << 23;
        QTest::newRow("another zone") << QByteArray("2023-11-14T23:13:20+01:00 x") << 1'700'000'000'000'000'000LL << 26;
        QTest::newRow("an empty line") << QByteArray("2023-11-14T22:13:20Z") << 1'700'000'000'000'000'000LL << 20;
        QTest::newRow("a leap day") << QByteArray("2024-02-29T00:00:00Z x") << 1'709'164'800'000'000'000LL << 21;
        QTest::newRow("words") << QByteArray("unable to retrieve container logs") << -1LL << 0;
        QTest::newRow("too short") << QByteArray("2023-11-14") << -1LL << 0;
    }
    void timestamps() {
        QFETCH(QByteArray, line);
        QFETCH(qint64, nanos);
        QFETCH(int, rest);
        qsizetype at = 0;
        QCOMPARE(takeTimestamp(line, at).value_or(-1), nanos);
        QCOMPARE(int(at), rest);
        if (nanos > 0 && line.contains('.') == (line.size() == 32))
            QCOMPARE(timestampText(nanos).left(19), QString::fromLatin1(nanos == 1'700'000'000'000'000'000LL ? "2023-11-14T22:13:20" : line.left(19)));
    }

    void levels_data() {
        QTest::addColumn<QByteArray>("text");
        QTest::addColumn<QString>("level");
        QTest::newRow("JSON") << QByteArray(quoted("{'time':'x','level':'warning','msg':'y'}")) << QStringLiteral("warning");
        QTest::newRow("JSON of pino") << QByteArray(quoted("{'level':50,'msg':'y'}")) << QStringLiteral("error");
        QTest::newRow("severity") << QByteArray(quoted("{'severity': 'ERROR'}")) << QStringLiteral("error");
        QTest::newRow("logfmt") << QByteArray("ts=1 level=debug msg=x") << QStringLiteral("debug");
        QTest::newRow("klog") << QByteArray("E1122 19:00:00.1 file.go:1] x") << QStringLiteral("error");
        QTest::newRow("Python") << QByteArray("2026-11-22 19:00:00,123 - app - WARNING - slow") << QStringLiteral("warning");
        QTest::newRow("uvicorn") << QByteArray("INFO:     127.0.0.1:1 - \"GET /health\" 200") << QStringLiteral("info");
        QTest::newRow("a word that only begins like one") << QByteArray("INFORMATION about ERRORS") << QString();
        QTest::newRow("a small word in prose") << QByteArray("no error was found") << QString();
        QTest::newRow("nothing") << QByteArray() << QString();
    }
    void levels() {
        QFETCH(QByteArray, text);
        QTEST(logLevelName(logLevelOf(text)), "level");
    }

    void fields() {
        const auto f = logFields(quoted("{'msg':'loaded','seconds':1.5}"));
        QVERIFY(f);
        QCOMPARE(logMessage(*f), QStringLiteral("loaded"));
        QVERIFY(!logFields("plain"));
        QVERIFY(!logFields("{half"));
    }

    void historiesMergeExactly() {
        LogMerger merger;
        const int a = merger.addSource(), b = merger.addSource();
        merger.append(a, stamped(1, "one") + stamped(4, "four") + stamped(6, "six"), t0);
        QCOMPARE(texts(merger.take(t0)), QByteArray()); // b may have an earlier one
        merger.append(b, stamped(2, "two") + stamped(5, "five"), t0);
        QCOMPARE(texts(merger.take(t0)), QByteArray("0:one 1:two 0:four 1:five"));
        merger.ended(b, true, t0);
        QCOMPARE(texts(merger.take(t0)), QByteArray("0:six"));
    }

    void aSilentOneHoldsUpNobody() {
        LogMerger merger(300ms);
        const int a = merger.addSource();
        merger.addSource();
        merger.append(a, stamped(1, "one"), t0);
        QVERIFY(merger.take(t0 + 299ms).empty());
        QCOMPARE(texts(merger.take(t0 + 300ms)), QByteArray("0:one"));
    }

    void piecesCutAnywhere() {
        QByteArray all;
        QByteArray wanted;
        for (int i = 0; i < 200; ++i) {
            const QByteArray text = "line " + QByteArray::number(i) + QByteArray(i % 17, 'x');
            all += stamped(i, text);
            wanted += "0:" + text + ' ';
        }
        QRandomGenerator random(7);
        for (int round = 0; round < 20; ++round) {
            LogMerger merger;
            const int a = merger.addSource();
            for (qsizetype at = 0; at < all.size();) {
                const qsizetype n = std::min<qsizetype>(1 + random.bounded(60), all.size() - at);
                merger.append(a, QByteArrayView(all).sliced(at, n), t0);
                at += n;
            }
            QCOMPARE(texts(merger.take(t0, 1000, true)), wanted.trimmed());
        }
    }

    void aCutIsResumedWithoutDoubles() {
        LogMerger merger;
        const int a = merger.addSource();
        // Two lines of one nanosecond, one later in the same second, and half a line at the cut.
        merger.append(a, stamped(1, "a") + stamped(2, "b", 5) + stamped(2, "c", 5) + stamped(2, "d", 9).left(20), t0);
        merger.ended(a, false, t0);
        QCOMPARE(texts(merger.take(t0)), QByteArray("0:a 0:b 0:c"));
        QCOMPARE(merger.lastTime(a), 1'700'000'002'000'000'005LL);
        merger.resumed(a);
        // sinceTime has seconds only: the server begins again at second 2.
        merger.append(a, stamped(2, "b", 5) + stamped(2, "c", 5) + stamped(2, "new twin", 5) + stamped(2, "d", 9) + stamped(3, "e"), t0);
        QCOMPARE(texts(merger.take(t0, 100, true)), QByteArray("0:new twin 0:d 0:e"));
    }

    void whatAnotherReaderSawIsLeftOut() {
        LogMerger merger;
        const int a = merger.addSource();
        merger.knownUpTo(a, 1'700'000'002'000'000'005LL, 2);
        QCOMPARE(merger.lastTime(a), 1'700'000'002'000'000'005LL);
        merger.append(a, stamped(2, "a") + stamped(2, "b", 5) + stamped(2, "c", 5) + stamped(2, "new twin", 5) + stamped(3, "e"), t0);
        QCOMPARE(texts(merger.take(t0, 100, true)), QByteArray("0:new twin 0:e"));
    }

    void whatDoesNotFitIsCounted() {
        LogMerger merger(300ms, 100'000);
        const int a = merger.addSource();
        for (int i = 0; i < 10000; ++i)
            merger.append(a, stamped(i, "line " + QByteArray::number(i)), t0);
        const auto kept = merger.take(t0, 100000, true);
        QVERIFY(!kept.empty());
        QCOMPARE(merger.dropped() + qint64(kept.size()), 10000);
        QCOMPARE(kept.back().text, QByteArray("line 9999")); // the oldest went
    }
};

QTEST_GUILESS_MAIN(TestLogMerger)
#include "tst_log_merger.moc"
