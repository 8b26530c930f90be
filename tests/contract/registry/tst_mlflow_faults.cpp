// SPDX-License-Identifier: GPL-3.0-or-later
// Each call of the registry on a real MLflow 3, each of its requests met by each fault of a proxy: the right result or an error with a kind and a
// remedy, in a bounded time, no secret in it, and on the server nothing twice. A part of the pairs is run each time, in turn, so that every
// fault meets every call; PILOTHOUSE_ALL_FAULTS=1 runs all (minutes).
#include "core/registry/mlflow_registry.h"
#include "tests/support/fault_proxy.h"
#include "tests/support/mlflow_server.h"
#include "tests/support/tiny_package.h"

#include "core/base/hash.h"

#include <QElapsedTimer>
#include <QTemporaryDir>

#include <algorithm>
#include <thread>

using namespace pilothouse;
using namespace pilothouse::registry;
using support::Fault;
using Kind = support::Fault::Kind;

namespace {

const QString t2m = QStringLiteral("t2m"), champion = QStringLiteral("champion"), experiment = QStringLiteral("trainings");
const QByteArray secret = "s3cr3t-t0ken-of-a-test";
const Stamp ada{QStringLiteral("ada"), QStringLiteral("op-1")};
constexpr int timeoutMs = 800;

struct NamedFault {
    QByteArray name;
    Fault fault;
};

Fault answer(int status, const QByteArray &body, const QByteArray &headers = {}, Kind kind = Kind::Answer) { return {kind, 0, 0, status, headers, body}; }

std::vector<NamedFault> faults() {
    const QByteArray page = "<!DOCTYPE html><html><body>Please log in</body></html>", json = "Content-Type: application/json\r\n";
    return {
        {"a delay", {Kind::Delay, 50, 0, 0, {}, {}}},
        {"a reply after the time", {Kind::SlowReply, 2 * timeoutMs, 0, 0, {}, {}}},
        {"no byte of a reply", {Kind::Cut, 0, 0, 0, {}, {}}},
        {"a cut in the head", {Kind::Cut, 0, 40, 0, {}, {}}},
        {"a cut before the last byte", {Kind::Cut, 0, -1, 0, {}, {}}},
        {"a reset", {Kind::Reset, 0, 0, 0, {}, {}}},
        {"a lost reply", {Kind::LostReply, 0, 0, 0, {}, {}}},
        {"a half-closed connection", {Kind::HalfClose, 0, -3, 0, {}, {}}},
        {"silence in the middle", {Kind::Silent, 0, 30, 0, {}, {}}},
        {"a corrupt byte", {Kind::CorruptBody, 0, 0, 0, {}, {}}},
        {"401", answer(401, "You are not authenticated. Authorization: Bearer " + secret)},
        {"403 of the host check", answer(403, "Invalid Host header - possible DNS rebinding attack detected")},
        {"404 of a proxy", answer(404, page, "Content-Type: text/html\r\n")},
        {"409", answer(409, R"({"error_code":"RESOURCE_CONFLICT","message":"changed meanwhile"})", json)},
        {"429 for a while", answer(429, "slow down", "Retry-After: 0\r\n")},
        {"500", answer(500, R"({"error_code":"INTERNAL_ERROR","message":"database is locked"})", json)},
        {"502 of a proxy", answer(502, page)},
        {"503 for a while", answer(503, "", "Retry-After: 0\r\n")},
        {"a way to a login page", answer(302, "", "Location: https://login.example/start\r\n")},
        {"a login page", answer(200, page, "Content-Type: text/html\r\n")},
        {"JSON of another server", answer(200, R"({"kind":"Status","version":"v1"})", json)},
        {"502 after it was done", answer(502, page, {}, Kind::AnswerAfter)},
        {"a web page after it was done", answer(200, page, {}, Kind::AnswerAfter)},
    };
}

/// One call of the interface and what it leaves on the server.
struct Call {
    QByteArray name;
    std::function<void()> prepare;                    ///< the same state before each
    std::function<Result<QString>(Registry &)> run;   ///< what it gives, as text
    std::function<QString()> state;                   ///< of the server, as text; none for a read
    QStringList halfway;                              ///< states besides before and after that an error may leave, and says
};

template<class T> Result<QString> told(const Result<T> &result, const std::function<QString(const T &)> &text) { return result ? Result<QString>(text(*result)) : Result<QString>(result.error()); }
Result<QString> done(const Result<void> &result) { return result ? Result<QString>(QStringLiteral("done")) : Result<QString>(result.error()); }

QString text(const Version &v) { return QStringLiteral("%1 %2 %3 %4 %5 %6").arg(v.model).arg(v.version).arg(v.digest, v.stage, v.description, v.aliases.join(QLatin1Char(','))); }
QString text(const Run &r) { return QStringLiteral("%1 %2 %3 %4 %5 %6").arg(r.id, r.name, runStatusName(r.status), QStringList(r.params.keys() + r.params.values()).join(QLatin1Char(',')), r.error).arg(r.metrics.value(QStringLiteral("loss"))); }

} // namespace

class TestMlflowFaults : public QObject {
    Q_OBJECT
    QTemporaryDir m_folder;
    support::ServerProcess m_server;
    std::unique_ptr<support::FaultProxy> m_proxy;
    std::unique_ptr<MlflowApi> m_api;
    std::shared_ptr<Registry> m_direct, m_faulty;
    QString m_run, m_package, m_newRun;
    int m_count = 0;

    MlflowApi api(const QString &url, int timeout) const {
        return MlflowApi(std::make_shared<net::HttpClient>(), {url, {}, []() -> Result<QByteArray> { return QByteArray("Bearer " + secret); }, {}, timeout});
    }
    std::shared_ptr<Registry> faulty() const { return mlflowRegistry(api(m_proxy->url(), timeoutMs), m_folder.filePath(QStringLiteral("packages-%1").arg(randomHex(4)))); }

    /// The number of runs of an experiment, of versions of a model, of the points of a metric: whatever would show a double write.
    QString runsNow() const {
        const auto all = m_direct->runs(experiment, 5000);
        return all ? QStringLiteral("%1 runs").arg(all->size()) : all.error().text();
    }
    QString versionsNow() const {
        const auto all = m_direct->versions(QStringLiteral("other"));
        return all ? QStringLiteral("%1 versions").arg(all->size()) : all.error().text();
    }
    QString pointsNow(const QString &run) const {
        QStringList out;
        const auto history = m_direct->metricHistory(run, QStringLiteral("mae"));
        for (const MetricPoint &p : history ? *history : std::vector<MetricPoint>())
            out += QStringLiteral("%1:%2").arg(p.step).arg(p.value);
        return history ? out.join(QLatin1Char(' ')) : history.error().text();
    }
    QString aliasAndHistory() const {
        const auto model = m_direct->model(t2m);
        if (!model || !*model)
            return QStringLiteral("?");
        QString now = QStringLiteral("nowhere");
        for (const Alias &a : (*model)->aliases)
            if (a.name == champion)
                now = QString::number(a.version);
        const auto lines = std::count_if((*model)->tags.keyBegin(), (*model)->tags.keyEnd(), [](const QString &key) { return key.startsWith(QLatin1String("pilothouse.alias.champion.")); });
        return QStringLiteral("%1, %2 changes").arg(now).arg(lines);
    }
    /// The alias at 1, without a history and claims.
    void resetAlias() const {
        const auto model = m_direct->model(t2m);
        if (!model || !*model)
            return;
        for (const QString &key : (*model)->tags.keys())
            if (key.startsWith(QLatin1String("pilothouse.")))
                (void)m_api->send("DELETE", QStringLiteral("registered-models/delete-tag"), {{QStringLiteral("name"), t2m}, {QStringLiteral("key"), key}});
        (void)m_api->send("POST", QStringLiteral("registered-models/alias"), {{QStringLiteral("name"), t2m}, {QStringLiteral("alias"), champion}, {QStringLiteral("version"), QStringLiteral("1")}});
    }
    void newRun() { m_newRun = *m_direct->createRun(QStringLiteral("scratch"), {}, QStringLiteral("ada")); }
    Version versionNow() const { return m_direct->version(t2m, 2).value_or(Version()); }

    std::vector<Call> calls() {
        const auto none = [] {};
        const QString loss = QStringLiteral("loss");
        std::vector<Call> all;
        const auto read = [&](const QByteArray &name, std::function<Result<QString>(Registry &)> run) { all.push_back({name, none, std::move(run), {}, {}}); };
        read("models", [](Registry &r) { return told<std::vector<RegisteredModel>>(r.models(), [](const auto &l) { QString out; for (const auto &m : l) out += m.name + QLatin1Char(' '); return out; }); });
        read("model", [](Registry &r) { return told<std::optional<RegisteredModel>>(r.model(t2m), [](const auto &m) { return m ? m->name + QString::number(m->latestVersion) : QStringLiteral("none"); }); });
        read("versions", [](Registry &r) { return told<std::vector<Version>>(r.versions(t2m), [](const auto &l) { QString out; for (const auto &v : l) out += text(v) + QLatin1Char(';'); return out; }); });
        read("version", [](Registry &r) { return told<Version>(r.version(t2m, 1), [](const Version &v) { return text(v); }); });
        read("versionByAlias", [](Registry &r) { return told<Version>(r.versionByAlias(t2m, QStringLiteral("fixed")), [](const Version &v) { return text(v); }); });
        read("experiments", [](Registry &r) { return told<std::vector<Experiment>>(r.experiments(), [](const auto &l) { QString out; for (const auto &e : l) out += e.name + QLatin1Char(' '); return out; }); });
        read("runs", [](Registry &r) { return told<std::vector<Run>>(r.runs(t2m), [](const auto &l) { QString out; for (const auto &run : l) out += text(run) + QLatin1Char(';'); return out; }); });
        read("run", [this](Registry &r) { return told<Run>(r.run(m_run), [](const Run &run) { return text(run); }); });
        read("metricHistory", [this, loss](Registry &r) { return told<std::vector<MetricPoint>>(r.metricHistory(m_run, loss), [](const auto &l) { return QString::number(l.size()); }); });
        read("aliasHistory", [](Registry &r) { return told<std::vector<AliasChange>>(r.aliasHistory(t2m, QStringLiteral("fixed")), [](const auto &l) { return QString::number(l.size()); }); });
        read("packageFolder", [](Registry &r) {
            const auto v = r.version(t2m, 1);
            if (!v)
                return Result<QString>(v.error());
            return told<QString>(r.packageFolder(*v), [](const QString &folder) { const auto p = artifact::openPackage(folder); return p ? p->digest : p.error().text(); });
        });
        all.push_back({"createRun", none, [](Registry &r) { return told<QString>(r.createRun(experiment, QStringLiteral("monday"), QStringLiteral("ada")), [](const QString &) { return QStringLiteral("id"); }); }, [this] { return runsNow(); }, {}});
        all.push_back({"createRun with an id", none, [this](Registry &r) { return told<QString>(r.createRun(experiment, {}, QStringLiteral("ada"), QStringLiteral("wanted-%1").arg(++m_count)), [](const QString &) { return QStringLiteral("id"); }); }, [this] { return runsNow(); }, {}});
        all.push_back({"logParams", [this] { newRun(); }, [this](Registry &r) { return done(r.logParams(m_newRun, {{QStringLiteral("depth"), QStringLiteral("7")}})); }, [this] { const auto run = m_direct->run(m_newRun); return run ? run->params.value(QStringLiteral("depth")) : run.error().text(); }, {}});
        all.push_back({"logMetrics", [this] { newRun(); }, [this](Registry &r) {
            return done(r.logMetrics(m_newRun, {{QStringLiteral("mae"), 0.5, 1, {}}, {QStringLiteral("mae"), 0.25, 2, {}}, {QStringLiteral("mae"), 0.25, 2, QDateTime::fromMSecsSinceEpoch(1700000000000, Qt::UTC)}}));
        }, [this] { return pointsNow(m_newRun); }, {}});
        all.push_back({"setRunTags", [this] { newRun(); }, [this](Registry &r) { return done(r.setRunTags(m_newRun, {{QStringLiteral("a"), QStringLiteral("1")}})); }, [this] { const auto run = m_direct->run(m_newRun); return run ? run->tags.value(QStringLiteral("a")) : run.error().text(); }, {}});
        all.push_back({"finishRun", [this] { newRun(); }, [this](Registry &r) { return done(r.finishRun(m_newRun, RunStatus::Failed, QStringLiteral("why"))); }, [this] { const auto run = m_direct->run(m_newRun); return run ? runStatusName(run->status) + run->error : run.error().text(); }, {QStringLiteral("FAILED")}});
        all.push_back({"registerVersion", none, [this](Registry &r) { return told<Version>(r.registerVersion(QStringLiteral("other"), m_package, m_run, QStringLiteral("ada")), [](const Version &v) { return v.digest; }); }, [this] { return versionsNow(); }, {}});
        all.push_back({"moveAlias", [this] { resetAlias(); }, [](Registry &r) { return done(r.moveAlias(t2m, champion, 1, 2, ada)); }, [this] { return aliasAndHistory(); }, {QStringLiteral("2, 0 changes")}});
        all.push_back({"moveAlias to nowhere", [this] { resetAlias(); }, [](Registry &r) { return done(r.moveAlias(t2m, champion, 1, std::nullopt, ada)); }, [this] { return aliasAndHistory(); }, {QStringLiteral("nowhere, 0 changes")}});
        all.push_back({"setStage", [this] { (void)m_direct->setStage(t2m, 1, QStringLiteral("Production"), false); (void)m_direct->setStage(t2m, 2, QStringLiteral("None"), false); }, [](Registry &r) { return done(r.setStage(t2m, 2, QStringLiteral("Production"), true)); }, [this] { return m_direct->version(t2m, 1).value_or(Version()).stage + versionNow().stage; }, {}});
        all.push_back({"setVersionTag", [this] { (void)m_direct->setVersionTag(t2m, 2, QStringLiteral("k"), QStringLiteral("old")); }, [](Registry &r) { return done(r.setVersionTag(t2m, 2, QStringLiteral("k"), QStringLiteral("new"))); }, [this] { return versionNow().tags.value(QStringLiteral("k")); }, {}});
        all.push_back({"setVersionTag, deleted", [this] { (void)m_direct->setVersionTag(t2m, 2, QStringLiteral("k"), QStringLiteral("old")); }, [](Registry &r) { return done(r.setVersionTag(t2m, 2, QStringLiteral("k"), std::nullopt)); }, [this] { return versionNow().tags.value(QStringLiteral("k"), QStringLiteral("gone")); }, {}});
        all.push_back({"setDescription", [this] { (void)m_direct->setDescription(t2m, 2, QStringLiteral("old")); }, [](Registry &r) { return done(r.setDescription(t2m, 2, QStringLiteral("new"))); }, [this] { return versionNow().description; }, {}});
        return all;
    }

    /// What is wrong with an error; empty: nothing.
    static QString wrongWith(const Error &error) {
        const QString all = error.what + error.where + error.hint + error.raw;
        if (error.kind == ErrorKind::Internal || error.kind == ErrorKind::Cancelled)
            return QStringLiteral("kind ") + error.kindName();
        if (error.what.isEmpty() || error.hint.isEmpty())
            return QStringLiteral("no text or no remedy: ") + error.text();
        if (all.contains(QString::fromLatin1(secret)))
            return QStringLiteral("the secret is in it");
        return {};
    }

private Q_SLOTS:
    void initTestCase() {
        const QString program = support::mlflow3Program();
        if (program.isEmpty())
            QSKIP("no MLflow 3 is here (see tests/support/mlflow_server.h)");
        QVERIFY(support::startMlflow(m_server, program, m_folder.filePath(QStringLiteral("server"))));
        m_proxy = std::make_unique<support::FaultProxy>(m_server.port());
        m_api = std::make_unique<MlflowApi>(api(m_server.url(), 30000));
        m_direct = mlflowRegistry(*m_api, m_folder.filePath(QStringLiteral("packages")));
        m_run = *m_direct->createRun(t2m, QStringLiteral("first"), QStringLiteral("ada"));
        QVERIFY(m_direct->logMetrics(m_run, {{QStringLiteral("loss"), 0.5, 0, {}}, {QStringLiteral("loss"), 0.25, 1, {}}}));
        QVERIFY(m_direct->createRun(experiment, {}, QStringLiteral("ada")));
        m_package = m_folder.filePath(QStringLiteral("package"));
        QVERIFY(test::writeTinyPackage(m_package, {}));
        QVERIFY(m_direct->registerVersion(t2m, m_package, m_run, QStringLiteral("ada")));
        QVERIFY(m_direct->registerVersion(t2m, m_package, m_run, QStringLiteral("ada")));
        QVERIFY(m_direct->moveAlias(t2m, QStringLiteral("fixed"), std::nullopt, 1, ada));
    }

    void everyCallMeetsEveryFault_data() {
        QTest::addColumn<int>("call");
        const auto all = calls();
        for (std::size_t i = 0; i < all.size(); ++i)
            QTest::newRow(all[i].name.constData()) << int(i);
    }
    void everyCallMeetsEveryFault() {
        QFETCH(int, call);
        const Call c = calls()[std::size_t(call)];
        const bool whole = qEnvironmentVariableIntValue("PILOTHOUSE_ALL_FAULTS") > 0;
        // Once without a fault: how many requests it has, what it gives, what it leaves.
        c.prepare();
        m_proxy->reset();
        const auto clean = c.run(*mlflowRegistry(api(m_proxy->url(), 30000), m_folder.filePath(QStringLiteral("packages-clean-%1").arg(call))));
        QVERIFY2(clean, clean ? "" : qPrintable(clean.error().text()));
        const QList<QByteArray> requests = m_proxy->lines();
        QVERIFY(!requests.isEmpty());
        const auto all = faults();
        const int stride = whole ? 1 : int(requests.size()); // each fault meets one of the requests, each in turn
        for (std::size_t f = 0; f < all.size(); ++f)
            for (int at = whole ? 0 : int(f + std::size_t(call)) % stride; at < requests.size(); at += stride) {
                c.prepare();
                const QString before = c.state ? c.state() : QString();
                const auto registry = faulty();
                m_proxy->reset([&](int number, const QByteArray &) { return number == at ? all[f].fault : Fault{}; });
                QElapsedTimer timer;
                timer.start();
                const auto result = c.run(*registry);
                const qint64 took = timer.elapsed();
                m_proxy->reset();
                const QByteArray where = c.name + ", " + all[f].name + " at " + requests[at] + ": ";
                QVERIFY2(took < 15000, where + QByteArray::number(took) + " ms");
                if (!result) {
                    const QString wrong = wrongWith(result.error());
                    QVERIFY2(wrong.isEmpty(), where + wrong.toUtf8());
                }
                if (!c.state) {
                    QVERIFY2(!result || *result == *clean, where + (result ? result->toUtf8() : QByteArray()));
                    continue;
                }
                // After a request that came late the server may still be at it.
                const auto next = [&] { return afterOnce(c, before); };
                QString now = c.state();
                if (result) {
                    QVERIFY2(*result == *clean, where + result->toUtf8());
                    QVERIFY2(now == next(), where + "done, but " + before.toUtf8() + " became " + now.toUtf8());
                } else if (now != before && now != next()) {
                    QVERIFY2(c.halfway.contains(now), where + before.toUtf8() + " became " + now.toUtf8() + ", and: " + result.error().text().toUtf8());
                }
            }
    }

    /// "2 runs" → "3 runs" for what is counted; else what the call leaves.
    QString afterOnce(const Call &c, const QString &before) const {
        const QString first = before.section(QLatin1Char(' '), 0, 0), rest = before.section(QLatin1Char(' '), 1);
        if (rest == QLatin1String("runs") || rest == QLatin1String("versions"))
            return QStringLiteral("%1 %2").arg(first.toInt() + 1).arg(rest);
        static const QMap<QByteArray, QString> left{{"logParams", QStringLiteral("7")}, {"logMetrics", QStringLiteral("1:0.5 2:0.25 2:0.25")}, {"setRunTags", QStringLiteral("1")}, {"finishRun", QStringLiteral("FAILEDwhy")},
                                                    {"moveAlias", QStringLiteral("2, 1 changes")}, {"moveAlias to nowhere", QStringLiteral("nowhere, 1 changes")}, {"setStage", QStringLiteral("ArchivedProduction")},
                                                    {"setVersionTag", QStringLiteral("new")}, {"setVersionTag, deleted", QStringLiteral("gone")}, {"setDescription", QStringLiteral("new")}};
        return left.value(c.name, QStringLiteral("?"));
    }

    /// A reply that got lost is not a failure: the server has done it, and that is found.
    void aLostReplyIsLookedFor() {
        const auto lost = [&](const char *line) {
            m_proxy->reset([line](int, const QByteArray &request) { return request.startsWith(line) ? Fault{Kind::LostReply, 0, 0, 0, {}, {}} : Fault{}; });
        };
        lost("POST /api/2.0/mlflow/runs/create ");
        const QString before = runsNow();
        const auto id = faulty()->createRun(experiment, QStringLiteral("lost"), QStringLiteral("ada"));
        QVERIFY2(id, id ? "" : qPrintable(id.error().text()));
        QCOMPARE(m_direct->run(*id)->name, QStringLiteral("lost"));
        QCOMPARE(runsNow(), QStringLiteral("%1 runs").arg(before.section(QLatin1Char(' '), 0, 0).toInt() + 1));

        lost("POST /api/2.0/mlflow/model-versions/create ");
        const int versions = int(m_direct->versions(QStringLiteral("other")).value_or({}).size());
        const auto made = faulty()->registerVersion(QStringLiteral("other"), m_package, m_run, QStringLiteral("ada"));
        QVERIFY2(made, made ? "" : qPrintable(made.error().text()));
        QCOMPARE(made->version, versions + 1);
        QCOMPARE(int(m_direct->versions(QStringLiteral("other"))->size()), versions + 1);

        newRun();
        lost("POST /api/2.0/mlflow/runs/log-batch ");
        const auto logged = faulty()->logMetrics(m_newRun, {{QStringLiteral("mae"), 1, 1, {}}, {QStringLiteral("mae"), 2, 2, {}}});
        QVERIFY2(logged, logged ? "" : qPrintable(logged.error().text()));
        QCOMPARE(pointsNow(m_newRun), QStringLiteral("1:1 2:2"));

        resetAlias();
        lost("POST /api/2.0/mlflow/registered-models/alias ");
        const auto moved = faulty()->moveAlias(t2m, champion, 1, 2, ada);
        QVERIFY2(moved, moved ? "" : qPrintable(moved.error().text()));
        QCOMPARE(aliasAndHistory(), QStringLiteral("2, 1 changes"));
    }

    /// The server is gone for good in the middle: nobody says that it was done, and it is not known is said.
    void whatNobodyKnowsIsSaid() {
        m_proxy->reset([](int, const QByteArray &request) {
            static bool gone = false;
            if (request.startsWith("GET /api/2.0/mlflow/experiments/get-by-name"))
                gone = false;
            if (request.startsWith("POST /api/2.0/mlflow/runs/create "))
                gone = true;
            return gone ? Fault{Kind::LostReply, 0, 0, 0, {}, {}} : Fault{};
        });
        const auto id = faulty()->createRun(experiment, QStringLiteral("gone"), QStringLiteral("ada"));
        QVERIFY(!id);
        QCOMPARE(id.error().kind, ErrorKind::Unreachable);
        QVERIFY2(id.error().what.contains(QStringLiteral("not known")), qPrintable(id.error().text()));
    }

    void theHostCheckIsExplained() {
        m_proxy->reset([](int, const QByteArray &) { return answer(403, "Invalid Host header - possible DNS rebinding attack detected"); });
        const auto models = faulty()->models();
        QVERIFY(!models);
        QCOMPARE(models.error().kind, ErrorKind::Denied);
        QVERIFY2(models.error().hint.contains(QStringLiteral("MLFLOW_SERVER_ALLOWED_HOSTS")), qPrintable(models.error().text()));
    }

    /// A pause that the server asks for is kept, for a write, too: once, and then it is done once.
    void aRetryAfterIsRespected() {
        newRun();
        int refused = 0;
        m_proxy->reset([&](int, const QByteArray &request) { return request.startsWith("POST /api/2.0/mlflow/runs/log-batch ") && refused++ == 0 ? answer(429, "", "Retry-After: 1\r\n") : Fault{}; });
        const auto patient = mlflowRegistry(api(m_proxy->url(), 10000), m_folder.filePath(QStringLiteral("packages")));
        QElapsedTimer timer;
        timer.start();
        QVERIFY(patient->logMetrics(m_newRun, {{QStringLiteral("mae"), 1, 1, {}}}));
        QVERIFY(timer.elapsed() >= 1000);
        QCOMPARE(pointsNow(m_newRun), QStringLiteral("1:1"));
        m_proxy->reset([&](int, const QByteArray &) { return answer(429, "", "Retry-After: 3600\r\n"); });
        const auto late = patient->models();
        QVERIFY(!late);
        QVERIFY2(late.error().hint.contains(QStringLiteral("3600 s")), qPrintable(late.error().text()));
    }

    /// Huge numbers, NaN and Infinity as words, int64 as texts, fields of a wrong kind.
    void oddRepliesAreRead_data() {
        QTest::addColumn<QByteArray>("metrics");
        QTest::addColumn<QString>("value");
        QTest::addColumn<qint64>("step");
        QTest::newRow("words of protobuf") << QByteArray("[{\"key\":\"m\",\"value\":\"NaN\",\"timestamp\":\"1700000000000\",\"step\":\"7\"}]") << QStringLiteral("nan") << qint64(7);
        QTest::newRow("words of Python") << QByteArray("[{\"key\":\"m\",\"value\":-Infinity,\"timestamp\":1700000000000,\"step\":7}]") << QStringLiteral("-inf") << qint64(7);
        QTest::newRow("words of Python beside a text with them") << QByteArray("[{\"key\":\"m \\\"NaN\\\" NaN\",\"value\":NaN,\"timestamp\":1,\"step\":2}]") << QStringLiteral("nan") << qint64(2);
        QTest::newRow("infinity as databases keep it") << QByteArray("[{\"key\":\"m\",\"value\":1.7976931348623157e308,\"timestamp\":1,\"step\":3}]") << QStringLiteral("inf") << qint64(3);
        QTest::newRow("a number as a text") << QByteArray("[{\"key\":\"m\",\"value\":\"0.125\",\"timestamp\":1,\"step\":3}]") << QStringLiteral("0.125") << qint64(3);
        QTest::newRow("a step that no integer holds") << QByteArray("[{\"key\":\"m\",\"value\":1,\"timestamp\":1,\"step\":1e300}]") << QStringLiteral("1") << qint64(0);
        QTest::newRow("an int64 as a text") << QByteArray("[{\"key\":\"m\",\"value\":1,\"timestamp\":1,\"step\":\"9223372036854775807\"}]") << QStringLiteral("1") << std::numeric_limits<qint64>::max();
        QTest::newRow("a value of a wrong kind") << QByteArray("[{\"key\":\"m\",\"value\":{\"a\":1},\"timestamp\":null,\"step\":[]}]") << QStringLiteral("nan") << qint64(0);
    }
    void oddRepliesAreRead() {
        QFETCH(QByteArray, metrics);
        QFETCH(QString, value);
        QFETCH(qint64, step);
        m_proxy->reset([metrics](int, const QByteArray &) { return answer(200, "{\"metrics\":" + metrics + "}"); });
        const auto points = faulty()->metricHistory(m_run, QStringLiteral("m"));
        QVERIFY2(points, points ? "" : qPrintable(points.error().text()));
        QCOMPARE(points->size(), std::size_t(1));
        QCOMPARE(QString::number(points->front().value), value);
        QCOMPARE(points->front().step, step);
    }

    void aListWithoutAnEndEnds() {
        m_proxy->reset([](int number, const QByteArray &) { return answer(200, number % 2 ? R"({"registered_models":[],"next_page_token":"a"})" : R"({"registered_models":[],"next_page_token":"b"})"); });
        const auto models = faulty()->models();
        QVERIFY(!models);
        QCOMPARE(models.error().kind, ErrorKind::Invalid);
    }

    /// Of several who move the alias from the same place at once at most one succeeds, and the server shows that one's move and no other.
    void approversAtOnce() {
        m_proxy->reset();
        int won = 0;
        constexpr int many = 3;
        for (const int apart : {0, 0, 5, 10, 20, 40, 80, 1500}) { // ms: from all at once to one after the other
            resetAlias();
            std::vector<Result<void>> results(many, Result<void>());
            std::vector<std::thread> approvers;
            for (int i = 0; i < many; ++i)
                approvers.emplace_back([&, i] {
                    std::this_thread::sleep_for(std::chrono::milliseconds(i * apart));
                    results[std::size_t(i)] = m_direct->moveAlias(t2m, champion, 1, 2, {QStringLiteral("approver-%1").arg(i), QStringLiteral("op-%1").arg(i)});
                });
            for (std::thread &thread : approvers)
                thread.join();
            int succeeded = -1, count = 0;
            for (int i = 0; i < many; ++i) {
                if (results[std::size_t(i)]) {
                    succeeded = i;
                    ++count;
                } else {
                    QVERIFY2(results[std::size_t(i)].error().kind == ErrorKind::Conflict, qPrintable(results[std::size_t(i)].error().text()));
                }
            }
            QVERIFY2(count <= 1, qPrintable(QString::number(count)));
            QCOMPARE(aliasAndHistory(), count ? QStringLiteral("2, 1 changes") : QStringLiteral("1, 0 changes"));
            if (count)
                QCOMPARE(m_direct->aliasHistory(t2m, champion)->front().by, QStringLiteral("approver-%1").arg(succeeded));
            for (const QString &key : (*m_direct->model(t2m))->tags.keys())
                QVERIFY2(!key.startsWith(QLatin1String("pilothouse.moving.")), qPrintable(key));
            won += count;
        }
        QVERIFY(won > 0); // those that come one after the other are not kept from it
    }

    void whoMovedItIsNamed() {
        resetAlias();
        QVERIFY(m_direct->moveAlias(t2m, champion, 1, 2, {QStringLiteral("grace"), QStringLiteral("op-77")}));
        const auto late = m_direct->moveAlias(t2m, champion, 1, std::nullopt, ada);
        QVERIFY(!late);
        QCOMPARE(late.error().kind, ErrorKind::Conflict);
        QVERIFY2(late.error().what.contains(QStringLiteral("grace")) && late.error().what.contains(QStringLiteral("op-77")), qPrintable(late.error().text()));
    }

    /// A claim of a program that ended in the middle stops nobody after two minutes; a fresh one does.
    void aClaimThatStayedIsForgotten() {
        const auto claim = [&](const QDateTime &time) {
            const QString value = QStringLiteral("{\"by\":\"grace\",\"time\":\"%1\"}").arg(time.toString(Qt::ISODateWithMs));
            return m_api->send("POST", QStringLiteral("registered-models/set-tag"), {{QStringLiteral("name"), t2m}, {QStringLiteral("key"), QStringLiteral("pilothouse.moving.champion.0123456789abcdef")}, {QStringLiteral("value"), value}}).has_value();
        };
        resetAlias();
        QVERIFY(claim(QDateTime::currentDateTimeUtc()));
        const auto busy = m_direct->moveAlias(t2m, champion, 1, 2, ada);
        QVERIFY(!busy);
        QCOMPARE(busy.error().kind, ErrorKind::Conflict);
        QVERIFY2(busy.error().what.contains(QStringLiteral("grace")), qPrintable(busy.error().text()));
        QVERIFY(claim(QDateTime::currentDateTimeUtc().addSecs(-600)));
        QVERIFY(m_direct->moveAlias(t2m, champion, 1, 2, ada));
        QCOMPARE(aliasAndHistory(), QStringLiteral("2, 1 changes"));
    }

    /// Another tool moves the alias between our write and our look.
    void aMoveOfAnotherToolIsSeen() {
        resetAlias();
        m_proxy->reset([this, moved = false](int, const QByteArray &request) mutable {
            if (request.startsWith("POST /api/2.0/mlflow/registered-models/alias "))
                moved = true;
            else if (moved && request.startsWith("GET /api/2.0/mlflow/registered-models/get?"))
                (void)m_api->send("POST", QStringLiteral("registered-models/alias"), {{QStringLiteral("name"), t2m}, {QStringLiteral("alias"), champion}, {QStringLiteral("version"), QStringLiteral("1")}});
            return Fault{};
        });
        const auto done = faulty()->moveAlias(t2m, champion, 1, 2, ada);
        m_proxy->reset();
        QVERIFY(!done);
        QCOMPARE(done.error().kind, ErrorKind::Conflict);
        QCOMPARE(aliasAndHistory(), QStringLiteral("1, 0 changes"));
    }

    /// A machine whose clock is ahead wrote the last change; the next one is later all the same.
    void aClockAheadDoesNotTurnTheHistoryRound() {
        resetAlias();
        const QString ahead = QDateTime::currentDateTimeUtc().addDays(2).toString(Qt::ISODateWithMs);
        QVERIFY(m_api->send("POST", QStringLiteral("registered-models/set-tag"), {{QStringLiteral("name"), t2m}, {QStringLiteral("key"), QStringLiteral("pilothouse.alias.champion.") + ahead}, {QStringLiteral("value"), QStringLiteral("{\"version\":1,\"by\":\"grace\",\"operation\":\"op\"}")}}));
        QVERIFY(m_direct->moveAlias(t2m, champion, 1, 2, ada));
        const auto history = *m_direct->aliasHistory(t2m, champion);
        QCOMPARE(history.size(), std::size_t(2));
        QCOMPARE(history.front().by, QStringLiteral("ada"));
        QCOMPARE(history.front().version.value_or(0), 2);
    }

    /// A long artifact that breaks off twice: the rest is asked for, not all of it again, and what comes is whole.
    void aLongArtifactIsGoneOnWith() {
        QByteArray bytes(6 << 20, Qt::Uninitialized);
        for (qsizetype i = 0; i < bytes.size(); ++i)
            bytes[i] = char((i * 13 + i / 4096) % 251);
        const QString artifacts = m_direct->run(m_run)->artifactFolder;
        auto put = *m_api->request("PUT", QStringLiteral("/api/2.0/mlflow-artifacts/artifacts") + QUrl(artifacts).path() + QStringLiteral("/big/weights.bin"));
        put.body = bytes;
        QVERIFY(m_api->raw(put));
        QVERIFY(m_api->send("POST", QStringLiteral("registered-models/create"), {{QStringLiteral("name"), QStringLiteral("big")}}));
        QVERIFY(m_api->send("POST", QStringLiteral("model-versions/create"), {{QStringLiteral("name"), QStringLiteral("big")}, {QStringLiteral("source"), artifacts + QStringLiteral("/big")}, {QStringLiteral("run_id"), m_run}}));
        int cuts = 0, ranges = 0;
        m_proxy->reset([&](int, const QByteArray &request) {
            if (!request.startsWith("GET /api/2.0/mlflow-artifacts/artifacts/"))
                return Fault{};
            ranges += request.toLower().contains("\r\nrange: bytes=");
            return cuts++ < 2 ? Fault{Kind::Cut, 0, 2 << 20, 0, {}, {}} : Fault{};
        });
        qint64 last = 0, told = 0;
        const auto registry = faulty();
        const auto folder = registry->fetchPackage(*m_direct->version(QStringLiteral("big"), 1), {}, [&](qint64 done, qint64 total) {
            last = done;
            told = total;
        });
        QVERIFY2(folder, folder ? "" : qPrintable(folder.error().text()));
        QFile file(*folder + QStringLiteral("/weights.bin"));
        QVERIFY(file.open(QIODevice::ReadOnly));
        QVERIFY(file.readAll() == bytes);
        QCOMPARE(ranges, 2);
        QCOMPARE(last, bytes.size());
        QCOMPARE(told, bytes.size());
    }

    /// A byte that changed on the way is found by the package's checksums, and nothing of it stays.
    void aCorruptArtifactIsNotTaken() {
        const QString folder = m_folder.filePath(QStringLiteral("packages-corrupt"));
        const auto registry = mlflowRegistry(api(m_proxy->url(), 30000), folder);
        QTemporaryDir cache; // what came whole before is not asked for again
        qputenv("PILOTHOUSE_CACHE", cache.path().toUtf8());
        m_proxy->reset([](int, const QByteArray &request) { return request.contains("/model.json HTTP") ? Fault{Kind::CorruptBody, 0, 5, 0, {}, {}} : Fault{}; });
        const auto got = registry->packageFolder(*m_direct->version(t2m, 1));
        QVERIFY(!got);
        QCOMPARE(got.error().kind, ErrorKind::Invalid);
        QVERIFY(QDir(folder + QStringLiteral("/t2m")).entryList(QDir::AllEntries | QDir::NoDotAndDotDot).isEmpty());
        m_proxy->reset();
        QVERIFY(registry->packageFolder(*m_direct->version(t2m, 1)));
        qputenv("PILOTHOUSE_CACHE", m_folder.filePath(QStringLiteral("cache")).toUtf8());
    }

    void aFetchThatHangsCanBeStopped() {
        QTemporaryDir cache;
        qputenv("PILOTHOUSE_CACHE", cache.path().toUtf8());
        std::stop_source stop;
        m_proxy->reset([&](int, const QByteArray &request) {
            if (!request.startsWith("GET /api/2.0/mlflow-artifacts/artifacts/"))
                return Fault{};
            stop.request_stop();
            return Fault{Kind::Silent, 0, 100, 0, {}, {}};
        });
        const auto got = faulty()->packageFolder(*m_direct->version(t2m, 1), stop.get_token());
        QVERIFY(!got);
        QCOMPARE(got.error().kind, ErrorKind::Cancelled);
        qputenv("PILOTHOUSE_CACHE", m_folder.filePath(QStringLiteral("cache")).toUtf8());
    }
};

int main(int argc, char **argv) {
    QCoreApplication application(argc, argv);
    QTemporaryDir cache;
    qputenv("PILOTHOUSE_CACHE", cache.path().toUtf8());
    TestMlflowFaults test;
    return QTest::qExec(&test, argc, argv);
}

#include "tst_mlflow_faults.moc"
