// SPDX-License-Identifier: GPL-3.0-or-later
// A run on its way to another registry is cut off at every single call, once before and once after the call took effect, and at calls that are drawn:
// what stands there in the end is what an undisturbed copy leaves, with nothing twice. The other side is a registry with ids of its own, which keeps
// equal points twice and registers the same package twice, as often as it is told.
#include "core/registry/local_registry.h"
#include "core/registry/run_mirror.h"
#include "tests/support/tiny_package.h"

#include <QRandomGenerator>
#include <QTemporaryDir>
#include <QTest>

#include <cmath>
#include <functional>
#include <limits>

using namespace pilothouse;
using namespace pilothouse::registry;

namespace {

const QString copyTag = QStringLiteral("pilothouse.run");

/// A server on the other side of a line that can break.
class Elsewhere final : public Registry {
public:
    explicit Elsewhere(std::shared_ptr<Registry> kept) : m_kept(std::move(kept)) {}
    /// Whether a call with this number (from 1) breaks off: 0 no, 1 before it took effect, 2 after.
    std::function<int(int)> breaks = [](int) { return 0; };
    int calls = 0, sentFiles = 0;
    std::shared_ptr<Registry> kept() const { return m_kept; }

    QString source() const override { return QStringLiteral("elsewhere"); }
    Result<std::vector<RegisteredModel>> models() const override { return through<std::vector<RegisteredModel>>([&] { return m_kept->models(); }); }
    Result<std::optional<RegisteredModel>> model(const QString &name) const override { return through<std::optional<RegisteredModel>>([&] { return m_kept->model(name); }); }
    Result<std::vector<Version>> versions(const QString &model) const override { return through<std::vector<Version>>([&] { return m_kept->versions(model); }); }
    Result<Version> version(const QString &model, int number) const override { return through<Version>([&] { return m_kept->version(model, number); }); }
    Result<Version> versionByAlias(const QString &model, const QString &alias) const override { return through<Version>([&] { return m_kept->versionByAlias(model, alias); }); }
    Result<std::vector<Run>> runs(const QString &experiment, int limit) const override { return through<std::vector<Run>>([&] { return m_kept->runs(experiment, limit); }); }
    Result<Run> run(const QString &id) const override { return through<Run>([&] { return m_kept->run(id); }); }
    Result<std::vector<MetricPoint>> metricHistory(const QString &id, const QString &metric) const override {
        return through<std::vector<MetricPoint>>([&] { return m_kept->metricHistory(id, metric); });
    }
    Result<std::vector<AliasChange>> aliasHistory(const QString &model, const QString &alias) const override {
        return through<std::vector<AliasChange>>([&] { return m_kept->aliasHistory(model, alias); });
    }
    Result<QString> packageFolder(const Version &version, std::stop_token stop, bool anew) override { return through<QString>([&] { return m_kept->packageFolder(version, stop, anew); }); }
    Result<QString> createRun(const QString &experiment, const QString &name, const QString &user, const QString &) override {
        return through<QString>([&] { return m_kept->createRun(experiment, name, user, {}); });
    }
    Result<void> logParams(const QString &id, const QMap<QString, QString> &params) override { return through<void>([&] { return m_kept->logParams(id, params); }); }
    Result<void> logMetrics(const QString &id, const std::vector<MetricPoint> &points) override { return through<void>([&] { return m_kept->logMetrics(id, points); }); }
    Result<void> setRunTags(const QString &id, const QMap<QString, QString> &tags) override { return through<void>([&] { return m_kept->setRunTags(id, tags); }); }
    Result<void> finishRun(const QString &id, RunStatus status, const QString &error) override { return through<void>([&] { return m_kept->finishRun(id, status, error); }); }
    Result<Version> registerVersion(const QString &model, const QString &folder, const QString &id, const QString &user) override {
        return through<Version>([&] { return m_kept->registerVersion(model, folder, id, user); });
    }
    Result<void> moveAlias(const QString &model, const QString &alias, std::optional<int> expected, std::optional<int> to, const Stamp &stamp) override {
        return through<void>([&] { return m_kept->moveAlias(model, alias, expected, to, stamp); });
    }
    Result<void> setStage(const QString &model, int number, const QString &stage, bool archive) override { return through<void>([&] { return m_kept->setStage(model, number, stage, archive); }); }
    Result<void> setVersionTag(const QString &model, int number, const QString &key, std::optional<QString> value) override {
        return through<void>([&] { return m_kept->setVersionTag(model, number, key, value); });
    }
    Result<void> setDescription(const QString &model, int number, const QString &text) override { return through<void>([&] { return m_kept->setDescription(model, number, text); }); }

    Result<std::optional<Run>> copyOf(const QString &experiment, const QString &id) const override {
        return through<std::optional<Run>>([&]() -> Result<std::optional<Run>> {
            PH_ASSIGN(const auto runs, m_kept->runs(experiment));
            for (const Run &run : runs)
                if (run.tags.value(copyTag) == id)
                    return std::optional<Run>(run);
            return std::optional<Run>();
        });
    }
    Result<QString> copyRun(const Run &of) override {
        return through<QString>([&]() -> Result<QString> { // as a server does it: run and tag are one step
            PH_ASSIGN(const QString made, m_kept->createRun(of.experiment, of.name, of.user));
            PH_TRY(m_kept->setRunTags(made, {{copyTag, of.id}}));
            return made;
        });
    }
    Result<void> sendArtifacts(const QString &, const QString &, const QStringList &files, const QString &, std::stop_token) override {
        return through<void>([&]() -> Result<void> {
            sentFiles = int(files.size());
            return {};
        });
    }
    QString packagePath(const QString &digest) const override { return QStringLiteral("model-") + digest.left(12); }

private:
    template<class T, class Call>
    Result<T> through(const Call &call) const {
        const Error broken{ErrorKind::Unreachable, QStringLiteral("The connection broke."), {}, {}, {}};
        const int how = breaks(++const_cast<Elsewhere *>(this)->calls);
        if (how == 1)
            return broken;
        Result<T> answer = call();
        return how == 2 ? Result<T>(broken) : std::move(answer);
    }
    std::shared_ptr<Registry> m_kept;
};

/// Everything that stands there, as a text; ids that are drawn are left out.
QString everything(const Registry &registry) {
    QString out;
    const auto texts = [&](const QMap<QString, QString> &map) {
        for (auto it = map.begin(); it != map.end(); ++it)
            if (it.key() != copyTag)
                out += QStringLiteral("  %1=%2\n").arg(it.key(), it.value());
    };
    const auto runs = *registry.runs({});
    for (const Run &run : runs) {
        out += QStringLiteral("run %1 %2 by %3 %4 %5\n").arg(run.experiment, run.name, run.user, runStatusName(run.status), run.error);
        texts(run.params);
        texts(run.tags);
        for (auto it = run.metrics.begin(); it != run.metrics.end(); ++it) {
            const auto history = *registry.metricHistory(run.id, it.key());
            QStringList points; // of one step in any order: a batch that was half there comes in two
            for (const MetricPoint &p : history)
                points << QStringLiteral("%1:%2:%3").arg(p.step, 6).arg(p.value, 0, 'g', 17).arg(p.time.toMSecsSinceEpoch());
            points.sort();
            out += QStringLiteral("  %1 %2: %3\n").arg(it.key()).arg(history.size()).arg(points.join(QLatin1Char(' ')));
        }
    }
    const auto models = *registry.models();
    for (const RegisteredModel &model : models) {
        const auto versions = *registry.versions(model.name);
        for (const Version &v : versions) {
            out += QStringLiteral("version %1/%2 %3 of %4 “%5”\n").arg(v.model).arg(v.version).arg(v.digest, registry.run(v.runId)->name, v.description);
            texts(v.tags);
        }
    }
    return out;
}

MirroredTexts textsOf(const Run &run) { return {run.params, run.tags, {{QStringLiteral("gates"), run.tags.value(QStringLiteral("gates"))}, {QStringLiteral("owner"), QStringLiteral("ada")}}, QStringLiteral("A tiny model")}; }

const QString connection = QStringLiteral("mlflow"), model = QStringLiteral("t2m");

} // namespace

class TestRunMirror : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void initTestCase() {
        QVERIFY(m_folder.isValid());
        m_package = m_folder.filePath(QStringLiteral("package"));
        const auto written = test::writeTinyPackage(m_package, {});
        QVERIFY(written.has_value());
        m_digest = *written;
    }
    void init() {
        auto database = Database::open(QStringLiteral(":memory:"), {registryTables1(), mirrorTables1()});
        QVERIFY(database.has_value());
        m_store = std::make_shared<MirrorStore>(*database);
        m_here = *openLocalRegistry(*database, m_folder.filePath(QStringLiteral("here")));
        m_there = elsewhere();
        m_run = *m_here->createRun(model, QStringLiteral("tiny-1"), QStringLiteral("ada"));
        QVERIFY(m_here->setRunTags(m_run, {{QStringLiteral("recipe"), QStringLiteral("tiny")}}).has_value());
        QVERIFY(m_store->order(m_run, connection).has_value());
    }

    void everyCallIsCutOff();
    void callsAreCutOffAgainAndAgain();
    void aCutInABigBatchSendsOnlyWhatIsMissing();
    void aResumedRunRunsThereAgain();
    void aRunWithoutAModelSendsItsPackageOnly();
    void aRunThatWasDeletedThereIsSaid();
    void whatWasLostThereIsSentAgain();
    void pointsOfSomebodyElseAreSaid();
    void aSecondOrderAddsAPackage();
    void aStopIsObeyedBetweenBatches();
    void whatIsOrderedMeanwhileIsNotLost();

private:
    std::shared_ptr<Elsewhere> elsewhere() {
        auto database = Database::open(QStringLiteral(":memory:"), {registryTables1()});
        return std::make_shared<Elsewhere>(*openLocalRegistry(*database, m_folder.filePath(QStringLiteral("there-%1").arg(++m_servers))));
    }
    void points(int from, int count, const char *name = "loss") {
        std::vector<MetricPoint> out;
        for (int i = from; i < from + count; ++i)
            out.push_back({QString::fromLatin1(name), 1.0 / (i + 1), i, QDateTime::fromMSecsSinceEpoch(1700000000000 + i, Qt::UTC)});
        QVERIFY(m_here->logMetrics(m_run, out).has_value());
    }
    /// What a training writes, in two halves.
    void firstHalf() { points(0, 1300); }
    void secondHalf() {
        points(1290, 700); // goes on from a checkpoint: ten of them once more, equal in everything
        points(0, 40, "validation/loss");
        const QDateTime time = QDateTime::fromMSecsSinceEpoch(1700000009999, Qt::UTC);
        QVERIFY(m_here->logMetrics(m_run, {{QStringLiteral("test_r2"), std::numeric_limits<double>::quiet_NaN(), 0, time}, {QStringLiteral("test_mae"), -0.0, 0, time}}).has_value());
        QVERIFY(m_here->logParams(m_run, {{QStringLiteral("estimator"), QStringLiteral("linear_regression")}, {QStringLiteral("alpha"), QStringLiteral("0.5")}}).has_value());
        QVERIFY(m_here->setRunTags(m_run, {{QStringLiteral("gates"), QStringLiteral("passed")}}).has_value());
        QVERIFY(m_here->finishRun(m_run, RunStatus::Finished).has_value());
        QVERIFY(m_store->order(m_run, connection, model, m_package, m_digest).has_value());
    }
    /// One attempt of a program that knows only what was kept: while the run is under way it sends what there is, later the rest.
    Result<void> attempt(const std::shared_ptr<Elsewhere> &there) {
        PH_ASSIGN(const auto row, m_store->find(m_run, connection));
        RunMirror mirror(m_store, m_here, there, textsOf, *row);
        PH_TRY(mirror.look());
        PH_TRY(mirror.begin());
        PH_ASSIGN(const Run run, m_here->run(m_run));
        if (run.status == RunStatus::Running)
            return mirror.push();
        PH_TRY(mirror.complete(run));
        PH_ASSIGN(const QJsonObject seen, mirror.readBack());
        Q_UNUSED(seen)
        PH_ASSIGN(const MirrorState state, m_store->finish(mirror.row()));
        return state == MirrorState::Done ? Result<void>() : Result<void>(refused(QStringLiteral("More was ordered.")));
    }
    bool untilDone(const std::shared_ptr<Elsewhere> &there) {
        for (int tries = 0; tries < 400; ++tries)
            if (attempt(there))
                return true;
        return false;
    }
    /// The whole way; gives what stands there.
    QString wholeWay() {
        firstHalf();
        if (!untilDone(m_there))
            return QStringLiteral("the first half never came through");
        secondHalf();
        if (!untilDone(m_there))
            return QStringLiteral("the second half never came through: ") + m_store->find(m_run, connection)->value().error.text();
        return everything(*m_there->kept());
    }

    QTemporaryDir m_folder;
    QString m_package, m_digest, m_run;
    std::shared_ptr<MirrorStore> m_store;
    std::shared_ptr<Registry> m_here;
    std::shared_ptr<Elsewhere> m_there;
    int m_servers = 0;
};

void TestRunMirror::everyCallIsCutOff() {
    const QString undisturbed = wholeWay();
    const int calls = m_there->calls;
    QVERIFY2(undisturbed.contains(QStringLiteral("loss 2000:")) && undisturbed.contains(QStringLiteral("version t2m/1")), qPrintable(undisturbed));
    QVERIFY(calls > 15);
    for (int cut = 1; cut <= calls; ++cut) {
        for (const int how : {1, 2}) {
            init();
            m_there->breaks = [cut, how](int call) { return call == cut ? how : 0; };
            const QString after = wholeWay();
            QVERIFY2(m_there->calls > calls || how == 2, "the cut was never met"); // another call was needed
            if (after != undisturbed)
                qWarning("cut %d %s:\n%s\ninstead of\n%s", cut, how == 1 ? "before" : "after", qPrintable(after.left(3000)), qPrintable(undisturbed.left(3000)));
            QVERIFY(after == undisturbed);
        }
    }
}

void TestRunMirror::callsAreCutOffAgainAndAgain() {
    const QString undisturbed = wholeWay();
    for (quint32 seed = 1; seed <= 25; ++seed) {
        init();
        auto random = std::make_shared<QRandomGenerator>(seed);
        m_there->breaks = [random](int) { // two of nine calls break, before or after
            const int drawn = int(random->bounded(9));
            return drawn <= 2 ? drawn : 0;
        };
        const QString after = wholeWay();
        QVERIFY2(after == undisturbed, qPrintable(QStringLiteral("seed %1: %2").arg(seed).arg(after.left(2000))));
    }
}

void TestRunMirror::aCutInABigBatchSendsOnlyWhatIsMissing() {
    points(0, 1500);
    // The server took the batch apart and died in the middle of it: 400 of the second thousand are there, and nobody was told.
    m_there->breaks = [](int call) { return call >= 6 ? 1 : 0; }; // look, begin, create, tags, first batch, …
    QVERIFY(!attempt(m_there));
    const auto row = *m_store->find(m_run, connection);
    QVERIFY(row && row->asked > row->sent);
    m_there->breaks = [](int) { return 0; };
    std::vector<MetricPoint> some;
    for (const auto &p : *m_store->points(m_run, row->sent, row->asked, 400))
        some.push_back(p.point);
    QVERIFY(m_there->kept()->logMetrics(row->runThere, some).has_value());
    QVERIFY(attempt(m_there).has_value());
    QCOMPARE(m_there->kept()->metricHistory(row->runThere, QStringLiteral("loss"))->size(), std::size_t(1500));
}

void TestRunMirror::aResumedRunRunsThereAgain() {
    firstHalf();
    QVERIFY(m_here->finishRun(m_run, RunStatus::Killed, QStringLiteral("stopped")).has_value());
    QVERIFY(attempt(m_there).has_value());
    const QString id = m_there->kept()->runs({})->front().id;
    QCOMPARE(m_there->kept()->run(id)->status, RunStatus::Killed);
    QVERIFY(m_here->finishRun(m_run, RunStatus::Running).has_value());
    QCOMPARE(m_store->order(m_run, connection)->state, MirrorState::Waiting);
    QVERIFY(attempt(m_there).has_value());
    QCOMPARE(m_there->kept()->run(id)->status, RunStatus::Running);
    secondHalf();
    QVERIFY(attempt(m_there).has_value());
    QCOMPARE(m_there->kept()->runs({})->size(), std::size_t(1));
    QCOMPARE(m_there->kept()->run(id)->status, RunStatus::Finished);
    QCOMPARE(m_there->kept()->metricHistory(id, QStringLiteral("loss"))->size(), std::size_t(2000));
}

void TestRunMirror::aRunWithoutAModelSendsItsPackageOnly() {
    QVERIFY(m_here->finishRun(m_run, RunStatus::Finished).has_value());
    QVERIFY(m_store->order(m_run, connection, {}, m_package, m_digest).has_value());
    QVERIFY(attempt(m_there).has_value());
    QVERIFY(m_there->sentFiles > 3);
    QVERIFY(m_there->kept()->models()->empty());
    QCOMPARE((*m_store->find(m_run, connection))->packageSent, m_digest);
}

void TestRunMirror::aRunThatWasDeletedThereIsSaid() {
    firstHalf();
    QVERIFY(attempt(m_there).has_value());
    const auto other = elsewhere(); // restored from before
    const auto gone = attempt(other);
    QVERIFY(!gone);
    QCOMPARE(gone.error().kind, ErrorKind::NotFound);
    QVERIFY(other->kept()->runs({})->empty()); // nothing is made behind the back of who deleted it
    QVERIFY(m_store->restart(m_run, connection).has_value());
    QVERIFY(attempt(other).has_value());
    QCOMPARE(other->kept()->metricHistory(other->kept()->runs({})->front().id, QStringLiteral("loss"))->size(), std::size_t(1300));
}

void TestRunMirror::whatWasLostThereIsSentAgain() {
    firstHalf();
    QVERIFY(attempt(m_there).has_value());
    auto row = **m_store->find(m_run, connection);
    secondHalf();
    row.sent += 500; // believed to be there, and is not
    QVERIFY(m_store->save(row).has_value());
    const auto seen = attempt(m_there);
    QVERIFY(!seen);
    QCOMPARE(seen.error().kind, ErrorKind::Conflict);
    QVERIFY(seen.error().what.contains(QStringLiteral("loss")));
    QVERIFY(attempt(m_there).has_value());
    QCOMPARE(m_there->kept()->metricHistory(row.runThere, QStringLiteral("loss"))->size(), std::size_t(2000));
    QCOMPARE(m_there->kept()->versions(model)->size(), std::size_t(1));
}

void TestRunMirror::pointsOfSomebodyElseAreSaid() {
    firstHalf();
    QVERIFY(attempt(m_there).has_value());
    const QString id = m_there->kept()->runs({})->front().id;
    QVERIFY(m_there->kept()->logMetrics(id, {{QStringLiteral("loss"), 7, 5, QDateTime::fromMSecsSinceEpoch(1, Qt::UTC)}}).has_value());
    secondHalf();
    const auto seen = attempt(m_there);
    QVERIFY(!seen);
    QVERIFY2(seen.error().what.contains(QStringLiteral("not sent")), qPrintable(seen.error().text()));
}

void TestRunMirror::aSecondOrderAddsAPackage() {
    QVERIFY(m_store->order(m_run, connection, model, m_package, m_digest).has_value());
    const auto again = m_store->order(m_run, connection);
    QVERIFY(again.has_value());
    QCOMPARE(again->model, model);
    QCOMPARE(again->package, m_package);
    QCOMPARE(again->digest, m_digest);
    QCOMPARE(m_store->waiting()->size(), std::size_t(1));
}

void TestRunMirror::aStopIsObeyedBetweenBatches() {
    points(0, 3000);
    RunMirror mirror(m_store, m_here, m_there, textsOf, **m_store->find(m_run, connection));
    QVERIFY(mirror.begin().has_value());
    std::stop_source stop;
    int batches = 0;
    m_there->breaks = [&](int) {
        if (++batches == 2) // tags, first batch
            stop.request_stop();
        return 0;
    };
    const auto sent = mirror.push(stop.get_token());
    QVERIFY(!sent);
    QCOMPARE(sent.error().kind, ErrorKind::Cancelled);
    m_there->breaks = [](int) { return 0; };
    QCOMPARE(m_there->kept()->metricHistory(mirror.row().runThere, QStringLiteral("loss"))->size(), std::size_t(1000));
    QCOMPARE(*m_store->pointsBehind(m_run, mirror.row().sent), qint64(2000));
}

void TestRunMirror::whatIsOrderedMeanwhileIsNotLost() {
    QVERIFY(m_here->finishRun(m_run, RunStatus::Finished).has_value());
    const Mirror sending = **m_store->find(m_run, connection);
    QCOMPARE(*m_store->finish(sending), MirrorState::Done);
    QVERIFY(m_store->order(m_run, connection).has_value());
    QVERIFY(m_store->order(m_run, connection, model, m_package, m_digest).has_value()); // while it is being sent without them
    QCOMPARE(*m_store->finish(sending), MirrorState::Waiting);
    const Mirror whole = **m_store->find(m_run, connection);
    QCOMPARE(*m_store->finish(whole), MirrorState::Done);
    QVERIFY(m_store->order(m_run, connection).has_value()); // or it goes on
    QCOMPARE(*m_store->finish(whole), MirrorState::Waiting);
    QCOMPARE((*m_store->find(m_run, connection))->state, MirrorState::Waiting);
}

QTEST_GUILESS_MAIN(TestRunMirror)
#include "tst_run_mirror.moc"
