// SPDX-License-Identifier: GPL-3.0-or-later
// What is kept of a registry's lists, and how it is brought up to date. The registry here is the local one, in memory: its pieces and questions are
// the same (tests/contract/registry holds that for servers).
#include "core/registry/run_cache.h"

#include "core/registry/known_bytes.h"
#include "core/registry/local_registry.h"

#include <QFile>
#include <QTemporaryDir>
#include <QTest>

#include <cmath>
#include <limits>

using namespace pilothouse;
using namespace pilothouse::registry;

namespace {

const QString lab = QStringLiteral("lab"), address = QStringLiteral("https://lab.example");
const QDateTime noon(QDate(2026, 11, 21), QTime(12, 0), Qt::UTC);

Run fullRun(int i) {
    Run run;
    run.id = QStringLiteral("r%1").arg(i);
    run.experiment = QStringLiteral("wind");
    run.name = QStringLiteral("näme");
    run.user = QStringLiteral("ada");
    run.status = RunStatus::Failed;
    run.started = noon.addSecs(i);
    run.ended = noon.addSecs(i + 5);
    run.lastPoint = noon.addMSecs(1);
    run.params = {{QStringLiteral("a"), QString()}, {QStringLiteral("b c"), QStringLiteral("ü")}};
    run.tags = {{QStringLiteral("t"), QStringLiteral("1\n2")}};
    run.metrics = {{QStringLiteral("nan"), std::numeric_limits<double>::quiet_NaN()}, {QStringLiteral("inf"), -std::numeric_limits<double>::infinity()}, {QStringLiteral("x"), 0.1}};
    run.artifactFolder = QStringLiteral("s3://x/y");
    run.error = QStringLiteral("out of memory");
    return run;
}

QStringList idsOf(const std::vector<Run> &runs) {
    QStringList ids;
    for (const Run &run : runs)
        ids << run.id;
    return ids;
}

/// A local registry whose clock a test drives.
struct Place {
    std::shared_ptr<FixedClock> clock = std::make_shared<FixedClock>(noon);
    std::shared_ptr<Database> database = Database::open(QStringLiteral(":memory:"), {registryTables1()}).value();
    QTemporaryDir folder;
    std::shared_ptr<Registry> registry = openLocalRegistry(database, folder.path(), nullptr, clock).value();
    void make(const QString &id) {
        clock->advance(3600);
        QVERIFY(registry->createRun(QStringLiteral("wind"), id, QStringLiteral("ada"), id));
    }
    void remove(const QString &id) { QVERIFY(database->execute(QStringLiteral("DELETE FROM runs WHERE id = ?1"), [&](Statement &s) { s.bind(1, id); })); }
};

/// Reads to the end; the steps' changes as "+a,b -c", one word a step.
QString readAll(RunReading &reading, const Registry &registry) {
    QStringList steps;
    while (!reading.isDone()) {
        if (const auto step = reading.step(registry); !step)
            return step.error().text();
        QStringList words;
        if (!reading.put().empty())
            words << QLatin1Char('+') + idsOf(reading.put()).join(QLatin1Char(','));
        if (!reading.gone().isEmpty())
            words << QLatin1Char('-') + reading.gone().join(QLatin1Char(','));
        steps << (words.isEmpty() ? QStringLiteral("=") : words.join(QLatin1Char(' ')));
    }
    return steps.join(QLatin1Char(' '));
}

} // namespace

class TestRunCache : public QObject {
    Q_OBJECT
    QTemporaryDir m_folder;
    int m_files = 0;
    QString newFile() { return m_folder.filePath(QStringLiteral("known%1.db").arg(++m_files)); }

private Q_SLOTS:
    void whatIsKeptComesBackWhole() {
        const QString file = newFile();
        {
            const auto cache = RunCache::open(file).value();
            QVERIFY(cache->change(lab, address, {fullRun(1), fullRun(3), fullRun(2)}, {}));
            QVERIFY(!cache->runs(lab, address)->read.isValid()); // pieces are there, no pass has ended
            QVERIFY(cache->setRead(lab, address, noon, noon));
            QVERIFY(cache->setRead(lab, address, noon.addSecs(60)));
        }
        const auto cache = RunCache::open(file).value();
        const KnownRuns known = cache->runs(lab, address).value();
        QCOMPARE(idsOf(known.runs), (QStringList{QStringLiteral("r3"), QStringLiteral("r2"), QStringLiteral("r1")}));
        QVERIFY(sameRun(known.runs[2], fullRun(1)));
        QCOMPARE(idsOf(cache->runs(lab, address, 2)->runs), (QStringList{QStringLiteral("r3"), QStringLiteral("r2")}));
        QCOMPARE(known.read, noon.addSecs(60));
        QCOMPARE(known.complete, noon);
    }

    void aChangeReplacesAndTakesOut() {
        const auto cache = RunCache::open(newFile()).value();
        QVERIFY(cache->change(lab, address, {fullRun(1), fullRun(2)}, {}));
        Run other = fullRun(1);
        other.status = RunStatus::Finished;
        other.started = noon.addDays(1);
        QVERIFY(cache->change(lab, address, {other}, {QStringLiteral("r2")}));
        const KnownRuns known = cache->runs(lab, address).value();
        QCOMPARE(idsOf(known.runs), QStringList(QStringLiteral("r1")));
        QVERIFY(sameRun(known.runs[0], other));
    }

    void anotherAddressHasNothingKnown() {
        const auto cache = RunCache::open(newFile()).value();
        const RunColumn least = runColumn(QStringLiteral("metrics.x:min")).value();
        QVERIFY(cache->change(lab, address, {fullRun(1)}, {}));
        QVERIFY(cache->addFigures(lab, address, least, {{QStringLiteral("r1"), 2}}));
        QVERIFY(cache->change(QStringLiteral("other"), address, {fullRun(9)}, {}));
        const QString moved = QStringLiteral("https://new.example");
        QVERIFY(cache->runs(lab, moved)->runs.empty());
        QCOMPARE(cache->runs(lab, address)->runs.size(), std::size_t(1)); // a look alone forgets nothing
        QVERIFY(cache->change(lab, moved, {fullRun(2)}, {}));
        QCOMPARE(idsOf(cache->runs(lab, moved)->runs), QStringList(QStringLiteral("r2")));
        QVERIFY(cache->runs(lab, address)->runs.empty());
        QVERIFY(cache->figures(lab, moved, least)->isEmpty());
        QCOMPARE(cache->runs(QStringLiteral("other"), address)->runs.size(), std::size_t(1));
    }

    void modelsAndVersionsComeBack() {
        const auto cache = RunCache::open(newFile()).value();
        KnownModels models;
        models.read = noon;
        RegisteredModel model;
        model.name = QStringLiteral("t2m");
        model.tags = {{QStringLiteral("a"), QStringLiteral("b")}};
        model.aliases = {{QStringLiteral("champion"), 2}};
        model.latestVersion = 2;
        model.created = noon;
        models.models = {model};
        for (int v : {2, 1}) {
            Version version;
            version.model = model.name;
            version.version = v;
            version.aliases = v == 2 ? QStringList(QStringLiteral("champion")) : QStringList();
            version.tags = {{QStringLiteral("v"), QString::number(v)}};
            version.created = noon;
            models.versions.push_back(version);
        }
        QVERIFY(cache->setModels(lab, address, models));
        QVERIFY(cache->setModels(lab, address, models)); // in place of what was there
        const KnownModels known = cache->models(lab, address).value();
        QCOMPARE(known.read, noon);
        QCOMPARE(known.models.size(), std::size_t(1));
        QCOMPARE(known.models[0].aliases[0].version, 2);
        QCOMPARE(known.models[0].tags, model.tags);
        QCOMPARE(known.versions.size(), std::size_t(2));
        QCOMPARE(known.versions[0].version, 2);
        QCOMPARE(known.versions[0].aliases, QStringList(QStringLiteral("champion")));
        QCOMPARE(known.versions[1].tags, models.versions[1].tags);
        QCOMPARE(known.versions[1].stage, QStringLiteral("None"));
    }

    void figuresKnowThatThereIsNone() {
        const auto cache = RunCache::open(newFile()).value();
        const RunColumn least = runColumn(QStringLiteral("metrics.x:min")).value(), most = runColumn(QStringLiteral("metrics.x:max")).value();
        QVERIFY(cache->addFigures(lab, address, least, {{QStringLiteral("a"), 0.5}, {QStringLiteral("b"), std::numeric_limits<double>::quiet_NaN()}}));
        const auto known = cache->figures(lab, address, least).value();
        QCOMPARE(known.size(), 2);
        QCOMPARE(known[QStringLiteral("a")], 0.5);
        QVERIFY(std::isnan(known[QStringLiteral("b")]));
        QVERIFY(cache->figures(lab, address, most)->isEmpty());
    }

    void aBrokenFileIsThrownAway() {
        const QString file = newFile();
        QFile broken(file);
        QVERIFY(broken.open(QIODevice::WriteOnly));
        broken.write(QByteArray(8192, 'x'));
        broken.close();
        const auto cache = RunCache::open(file);
        QVERIFY2(cache, cache ? "" : qPrintable(cache.error().text()));
        QVERIFY((*cache)->change(lab, address, {fullRun(1)}, {}));
    }

    void keysInOtherPlacesAreTheirOwn() {
        KnownReader reader;
        Run a = fullRun(1), b = fullRun(2);
        b.params = {{QStringLiteral("b"), QStringLiteral("1")}, {QStringLiteral("b c"), QStringLiteral("2")}, {QStringLiteral("z"), QString()}};
        b.experiment.clear();
        for (const Run &run : {a, b, a, b}) {
            Run read;
            QVERIFY(reader.read(toBytes(run), read));
            QVERIFY(sameRun(read, run));
        }
    }

    void bytesThatAreCutAreNoRun() {
        const QByteArray whole = toBytes(fullRun(1));
        KnownReader reader;
        Run run;
        QVERIFY(reader.read(whole, run));
        for (qsizetype size = 0; size < whole.size(); ++size)
            QVERIFY2(!reader.read(whole.left(size), run), qPrintable(QString::number(size)));
    }

    void aListComesInPieces() {
        Place place;
        for (int i = 0; i < 501; ++i)
            place.make(QStringLiteral("r%1").arg(i));
        RunReading reading({}, RunReading::Everything);
        QVERIFY(reading.step(*place.registry));
        QCOMPARE(reading.runs()->size(), std::size_t(500));
        QCOMPARE(reading.runs()->front().id, QStringLiteral("r500"));
        QVERIFY(!reading.isDone());
        QVERIFY(reading.step(*place.registry));
        QVERIFY(reading.isDone());
        QCOMPARE(idsOf(reading.put()), QStringList(QStringLiteral("r0")));
        QCOMPARE(idsOf(*reading.runs()), idsOf(*place.registry->runs({}, 1000)));
    }

    void onlyWhatChangedIsAskedForAgain() {
        Place place;
        for (const char *id : {"old", "ends", "runs", "goes"})
            place.make(QLatin1String(id));
        QVERIFY(place.registry->finishRun(QStringLiteral("old"), RunStatus::Finished));
        RunReading all({}, RunReading::Changes); // nothing is known: all is read
        QCOMPARE(all.extent(), RunReading::Everything);
        QCOMPARE(readAll(all, *place.registry), QStringLiteral("+goes,runs,ends,old"));

        RunReading nothing(all.runs(), RunReading::Changes);
        QCOMPARE(readAll(nothing, *place.registry), QStringLiteral("= ="));
        QCOMPARE(nothing.runs(), all.runs()); // the very same list: nobody has to look at it again

        QVERIFY(place.registry->finishRun(QStringLiteral("ends"), RunStatus::Failed));
        QVERIFY(place.registry->logMetrics(QStringLiteral("runs"), {{QStringLiteral("loss"), 1, 0, {}}}));
        place.remove(QStringLiteral("goes"));
        QVERIFY(place.registry->setRunTags(QStringLiteral("old"), {{QStringLiteral("late"), QStringLiteral("1")}}));
        place.make(QStringLiteral("new"));
        RunReading changes(all.runs(), RunReading::Changes);
        QCOMPARE(readAll(changes, *place.registry), QStringLiteral("+new +runs +ends -goes"));
        QCOMPARE(idsOf(*changes.runs()), (QStringList{QStringLiteral("new"), QStringLiteral("runs"), QStringLiteral("ends"), QStringLiteral("old")}));
        QVERIFY((*changes.runs())[1].lastPoint.isValid());
        QVERIFY((*changes.runs())[3].tags.isEmpty()); // of a run that has ended nothing is noticed …
        place.remove(QStringLiteral("ends"));
        RunReading everything(changes.runs(), RunReading::Everything); // … but here
        QCOMPARE(readAll(everything, *place.registry), QStringLiteral("+old -ends"));
        QCOMPARE((*everything.runs())[2].tags.size(), 1);
    }

    void aLookAtEachRunIsMerged() {
        Place place;
        place.make(QStringLiteral("a"));
        RunReading reading({}, RunReading::Everything);
        reading.settle = [](Run &run) { run.status = RunStatus::Killed; };
        QCOMPARE(readAll(reading, *place.registry), QStringLiteral("+a"));
        QCOMPARE(reading.runs()->front().status, RunStatus::Killed);
    }
};

QTEST_APPLESS_MAIN(TestRunCache)
#include "tst_run_cache.moc"
