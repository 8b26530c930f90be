// SPDX-License-Identifier: GPL-3.0-or-later
// A profile of a file in blocks is the profile of its table: exactly while it is small, within the stated bounds when it is large.
#include "dump.h"

#include "core/base/json.h"
#include "core/data/file_profile.h"
#include "core/data/lots.h"
#include "core/data/propose.h"
#include "tests/support/memory_limit.h"

#include <cmath>

using namespace pilothouse;
using namespace pilothouse::data;

namespace {

QByteArray lines(const char *header, int count, const std::function<QByteArray(int)> &line) {
    QByteArray bytes = QByteArray(header) + '\n';
    for (int i = 0; i < count; ++i)
        bytes += line(i) + '\n';
    return bytes;
}

QByteArray n(double value) { return QByteArray::number(value, 'g', 12); }

QByteArray hour(int i) { return QDateTime::fromMSecsSinceEpoch(qint64(i) * 3'600'000, Qt::UTC).toString(Qt::ISODate).toLatin1(); }

/// Everything but the note that says how the file was read; mean and deviation to 13 digits, because they are summed in another order.
QString shown(const FileProfile &found) {
    QJsonObject object = found.profile.toJson();
    QJsonObject report = object.value(QStringLiteral("report")).toObject();
    QJsonArray notes = report.value(QStringLiteral("notes")).toArray(), columns;
    if (found.blocks)
        notes.removeLast();
    report.insert(QStringLiteral("notes"), notes);
    object.insert(QStringLiteral("report"), report);
    for (const QJsonValue &value : object.value(QStringLiteral("columns")).toArray()) {
        QJsonObject column = value.toObject();
        for (const QString &key : {QStringLiteral("mean"), QStringLiteral("std")})
            if (column.contains(key))
                column.insert(key, QString::number(column.value(key).toDouble(), 'g', 13));
        columns.append(column);
    }
    object.insert(QStringLiteral("columns"), columns);
    object.insert(QStringLiteral("quality"), found.quality.toJson());
    return QString::fromUtf8(canonicalJson(object));
}

FileProfile wholeOf(const QString &path, const std::optional<ExpectedSchema> &expected = {}) {
    auto found = profileFile(path, {}, expected);
    return found ? *std::move(found) : FileProfile();
}

} // namespace

class TestFileProfile : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void smallFilesHaveTheSameProfileInBlocks_data() {
        QTest::addColumn<QByteArray>("bytes");
        const auto add = [](const char *name, const QByteArray &bytes) { QTest::newRow(name) << bytes; };
        add("all types, missing and bad values", lines("x,c,t,k", 2000, [](int i) { return n(std::sin(i) * 100) + ',' + (i % 7 ? "c" + n(i % 5) : "") + ',' + hour(i + i / 500) + ',' + (i % 50 ? n(i % 9) : "bad"); }));
        add("a constant, an empty and a counting column", lines("one,none,row", 1500, [](int i) { return "7,," + n(i + 1); }));
        add("a value that means missing", lines("a,b", 300, [](int i) { return QByteArray(i % 7 ? n(i % 50) : "-999") + ',' + n(i % 3); }));
        add("values cut to the largest, and far out", lines("a,b", 400, [](int i) { return QByteArray(i % 10 ? n(i) : "500") + ',' + n(i == 31 ? 1e6 : i % 9); }));
        add("rows that repeat", lines("t,b", 100, [](int i) { return hour(i / 2) + ',' + n(i / 2); }));
        add("rows that are ragged", "a,b\n1,2\n3\n4,5,6\n7,8\n");
        add("a type that the beginning does not show", lines("a,b", 3000, [](int i) { return (i < 2500 ? n(1e6 + i) : QByteArray("word")) + ',' + (i < 50 ? QByteArray("x") : n(1e6 + i)); }));
        add("names and no row", "a,b\n");
    }
    void smallFilesHaveTheSameProfileInBlocks() {
        QFETCH(QByteArray, bytes);
        const TemporaryFile csv(bytes);
        ExpectedSchema expected;
        expected.name = QStringLiteral("what was");
        ExpectedColumn x, c;
        x.name = QStringLiteral("x");
        x.min = -50;
        x.max = 50;
        c.name = QStringLiteral("c");
        c.type = ColumnType::Category;
        c.categories = {QStringLiteral("c1"), QStringLiteral("c2")};
        expected.columns = {x, c};
        for (const std::optional<ExpectedSchema> &reference : {std::optional<ExpectedSchema>(), std::optional(expected)}) {
            CsvOptions options;
            options.batchBytes = 1000;
            options.threads = 2;
            const auto blocks = profileBlocks(csv.path, options, reference);
            QVERIFY2(blocks, blocks ? "" : qPrintable(blocks.error().text()));
            const FileProfile whole = wholeOf(csv.path, reference);
            QVERIFY(blocks->blocks && !whole.blocks);
            QCOMPARE(shown(*blocks), shown(whole));
            for (std::size_t i = 0; i < whole.profile.columns.size(); ++i) {
                const ColumnStatistics &a = blocks->profile.columns[i], &b = whole.profile.columns[i];
                QVERIFY(a.estimated.isEmpty());
                QCOMPARE(a.counter, b.counter);
                QCOMPARE(a.maxCount, b.maxCount);
                QCOMPARE(a.mostCommonCount, b.mostCommonCount);
                QVERIFY(a.mostCommon == b.mostCommon || (std::isnan(a.mostCommon) && std::isnan(b.mostCommon)));
                QCOMPARE(a.whole, b.whole);
            }
        }
    }

    void estimatesOfLargeFilesAreNearAndNamed() {
        constexpr int rows = 60'000;
        Lots lots(1);
        const TemporaryFile csv(lines("u,id,c,t,whole", rows, [&](int i) {
            return n(lots.uniform()) + ",M" + n(i % 50'000) + ',' + (i % 3 ? "often" : "c" + n(double(lots.below(20'000)))) + ',' + hour(i) + ',' + n(double(lots.below(10)));
        }));
        const auto blocks = profileBlocks(csv.path, {});
        QVERIFY(blocks);
        const FileProfile whole = wholeOf(csv.path);
        const auto pair = [&](const char *name) { return std::pair(blocks->profile.find(QLatin1String(name)), whole.profile.find(QLatin1String(name))); };
        const auto [u, exactU] = pair("u");
        QCOMPARE(u->estimated, (QStringList{QStringLiteral("quantiles"), QStringLiteral("distinct")}));
        QVERIFY(std::abs(u->median - exactU->median) < 0.005 && std::abs(u->q25 - exactU->q25) < 0.005 && std::abs(u->q75 - exactU->q75) < 0.005);
        QCOMPARE(u->distinct, exactU->distinct); // all differ: so it is settled
        QCOMPARE(u->min, exactU->min);
        QCOMPARE(u->max, exactU->max);
        const auto [id, exactId] = pair("id");
        QVERIFY(id->estimated.contains(QStringLiteral("distinct")));
        QVERIFY(std::abs(double(id->distinct - 50'000)) < 2000);
        const auto [c, exactC] = pair("c");
        QCOMPARE(c->estimated, QStringList{QStringLiteral("top")});
        QCOMPARE(c->distinct, exactC->distinct);
        QCOMPARE(c->top.front().first, QStringLiteral("often"));
        QVERIFY(c->top.front().second <= exactC->top.front().second && c->top.front().second >= exactC->top.front().second - rows / 4096 - 1);
        const auto [t, exactT] = pair("t");
        QVERIFY(t->estimated.isEmpty());
        QCOMPARE(t->distinct, rows);
        QCOMPARE(t->step, 3'600'000);
        QCOMPARE(t->gaps, 0);
        const auto [w, exactW] = pair("whole");
        QCOMPARE(w->estimated, QStringList{QStringLiteral("quantiles")});
        QCOMPARE(w->distinct, 10);
        QCOMPARE(w->mostCommonCount, exactW->mostCommonCount);
        QVERIFY(blocks->profile.toJson().value(QStringLiteral("columns")).toArray()[0].toObject().contains(QStringLiteral("estimated")));
        QCOMPARE(blocks->profile.rows, whole.profile.rows);
        QCOMPARE(blocks->profile.fingerprint.sha256, whole.profile.fingerprint.sha256);
        QVERIFY(blocks->profile.report.notes.last().contains(QStringLiteral("read in blocks")));
    }

    void stepsOfTimesOutOfOrderAreNotTold() {
        const TemporaryFile csv(lines("t,x", 300, [](int i) { return hour(i % 2 ? i : 600 - i) + ',' + n(i); }));
        const auto blocks = profileBlocks(csv.path, {});
        QVERIFY(blocks);
        const ColumnStatistics &t = *blocks->profile.find(QStringLiteral("t"));
        QCOMPARE(t.type, ColumnType::Time);
        QVERIFY(!t.sorted);
        QCOMPARE(t.step, 0);
        QCOMPARE(t.estimated, (QStringList{QStringLiteral("step_seconds"), QStringLiteral("gaps"), QStringLiteral("missing_steps"), QStringLiteral("longest_gap")}));
        QCOMPARE(t.distinct, wholeOf(csv.path).profile.find(QStringLiteral("t"))->distinct);
    }

    void aFileThatDoesNotFitIsReadInBlocks() {
        const TemporaryFile csv("a,b\n" + QByteArray("1,2\n3,4\n").repeated(2'000'000)); // 61 MiB as a table
        const test::MemoryLimit limit(45 * 1024 * 1024);
        const auto found = profileFile(csv.path, {});
        QVERIFY2(found, found ? "" : qPrintable(found.error().text()));
        QVERIFY(found->blocks);
        QCOMPARE(found->profile.rows, 4'000'000);
        QCOMPARE(found->profile.repeatedRows, 4'000'000 - 2);
        QVERIFY(!found->profile.repeatsEstimated);
        QCOMPARE(found->profile.columns[0].mean, 2.0);
        QVERIFY(found->rows.rows() > 0 && found->rows.rows() < 4'000'000);
    }

    void aRecipeIsProposedFromTheBeginning() {
        const TemporaryFile csv(lines("datetime,station,t2m,ws", 3000, [](int i) { return hour(i) + ",north," + n(std::sin(i / 4.0)) + ',' + n(i % 11); }));
        CsvOptions options;
        options.batchBytes = 8000;
        const auto blocks = profileBlocks(csv.path, options);
        QVERIFY(blocks);
        QVERIFY(blocks->rows.rows() < 3000);
        const auto proposal = proposeRecipe(blocks->rows, blocks->profile, csv.path);
        QVERIFY(proposal);
        QCOMPARE(proposal->recipe.task, workspace::TaskKind::Forecast);
        QCOMPARE(proposal->recipe.time->step, QStringLiteral("1h"));
        QCOMPARE(proposal->recipe.split.after, QStringLiteral("1970-04-11T00:00:00")); // hour 2400 of 3000
    }

    void theSplitOfATimeInPartsIsThatOfTheWholeFile() {
        const TemporaryFile csv(lines("YEAR,MO,DY,HR,T2M", 3000, [](int i) {
            const QDateTime time = QDateTime::fromMSecsSinceEpoch(qint64(i) * 3'600'000, Qt::UTC);
            return n(time.date().year()) + ',' + n(time.date().month()) + ',' + n(time.date().day()) + ',' + n(time.time().hour()) + ',' + n(std::sin(i / 4.0));
        }));
        CsvOptions options;
        options.batchBytes = 8000;
        const auto blocks = profileBlocks(csv.path, options);
        QVERIFY(blocks);
        QVERIFY(blocks->rows.rows() < 3000);
        const auto proposal = proposeRecipe(blocks->rows, blocks->profile, csv.path);
        const auto whole = proposeRecipe(readCsv(csv.path)->table, wholeOf(csv.path).profile, csv.path);
        QVERIFY(proposal && whole);
        QCOMPARE(whole->recipe.task, workspace::TaskKind::Forecast);
        QCOMPARE(proposal->recipe.split.after, whole->recipe.split.after);
    }

    void seriesThatFollowEachOtherAreNotTakenForOne() {
        // The first block shows the first station only.
        const TemporaryFile csv(lines("datetime,station,t2m", 6000, [](int i) { return hour(i % 2000) + ",station" + n(i / 2000) + ',' + n(std::sin(i / 4.0)); }));
        CsvOptions options;
        options.batchBytes = 8000;
        const auto blocks = profileBlocks(csv.path, options);
        QVERIFY(blocks);
        const auto proposal = proposeRecipe(blocks->rows, blocks->profile, csv.path);
        const auto whole = proposeRecipe(readCsv(csv.path)->table, wholeOf(csv.path).profile, csv.path);
        QVERIFY(proposal && whole);
        QVERIFY(!whole->recipe.data.where.isEmpty());
        QCOMPARE(proposal->recipe.data.where, whole->recipe.data.where);
        QCOMPARE(proposal->recipe.split.after, whole->recipe.split.after);
    }

    void progressRisesOverAllReadings() {
        const TemporaryFile csv("a,b\n" + QByteArray("1,2\n").repeated(5000));
        CsvOptions options;
        options.batchBytes = 2000;
        qint64 done = 0, total = 0;
        const auto found = profileBlocks(csv.path, options, {}, {}, [&](qint64 now, qint64 all) {
            QVERIFY2(now >= done && now <= all, qPrintable(QStringLiteral("%1 of %2 after %3").arg(now).arg(all).arg(done)));
            done = now;
            total = all;
        });
        QVERIFY(found);
        QCOMPARE(done, total);
        QCOMPARE(total, 3 * QFileInfo(csv.path).size()); // types, statistics, counts
    }

    void aFileThatChangesBetweenTheReadingsIsAnError() {
        const TemporaryFile csv("a,b\n" + QByteArray("1,2\n").repeated(1000));
        int calls = 0; // types, statistics, counts: a call each
        const auto found = profileBlocks(csv.path, {}, {}, {}, [&](qint64, qint64) {
            if (++calls != 3)
                return;
            QFile file(csv.path);
            QVERIFY(file.open(QIODevice::Append));
            file.write("3,4\n");
        });
        QCOMPARE(calls, 3);
        QVERIFY(!found);
        QVERIFY2(found.error().text().contains(QStringLiteral("changed")), qPrintable(found.error().text()));
    }
};

QTEST_GUILESS_MAIN(TestFileProfile)
#include "tst_file_profile.moc"
