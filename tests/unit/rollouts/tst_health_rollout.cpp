// SPDX-License-Identifier: GPL-3.0-or-later
// A rollout without a cluster: the state machine, and a service on loopback that is deployed anew.
#include "core/rollouts/health_rollout.h"
#include "tests/support/loopback_server.h"

#include <QTemporaryDir>
#include <QtTest>

using namespace pilothouse;
using namespace pilothouse::rollouts;
using Q = QLatin1String;

namespace {

const QDateTime start = QDateTime::fromString(QStringLiteral("2026-11-22T10:00:00Z"), Qt::ISODate);

HealthSample sample(int second, const char *version, bool healthy = true, qint64 requests = -1, qint64 failed = 0, double p95 = -1) {
    HealthSample s;
    s.at = start.addSecs(second);
    s.reachable = true;
    s.healthy = healthy;
    s.version = Q(version);
    if (requests >= 0) {
        s.requests = requests;
        s.failed = failed;
    }
    if (p95 >= 0)
        s.p95Ms = p95;
    if (!healthy)
        s.problem = QStringLiteral("no model is loaded");
    return s;
}

HealthState after(const std::vector<HealthSample> &samples, const QString &wanted = QStringLiteral("v34"), const HealthSample &before = sample(0, "33", true, 1000, 0, 100)) {
    HealthWatch watch({60, 20, 2, 0.02, 50, 2, 20}, wanted, before, start);
    HealthState state;
    for (const HealthSample &s : samples)
        state = watch.take(s);
    return state;
}

/// The reference service: its version and its counters are the test's.
struct Service {
    std::atomic<int> version{33}, failing{0}, deploys{0};
    support::LoopbackServer server{[this](support::LoopbackServer::Connection &c, int) {
        for (QByteArray request = c.readRequest(); !request.isEmpty(); request = c.readRequest()) {
            const QByteArray v = QByteArray::number(version.load());
            if (request.startsWith("GET /health"))
                c.reply(failing ? 503 : 200, "{\"status\":\"healthy\",\"model_loaded\":true}");
            else if (request.startsWith("GET /model-info"))
                c.reply(200, "{\"model_version\":\"" + v + "\"}");
            else
                c.reply(404, "{}");
        }
    }};
    HealthRolloutOptions options() {
        HealthRolloutOptions o;
        o.endpoint = std::make_shared<serving::Endpoint>(std::make_shared<net::HttpClient>(), server.url("/"), *serving::profileOf(QStringLiteral("rest"), {}), nullptr);
        o.model = QStringLiteral("housing");
        o.tag = QStringLiteral("v34");
        o.earlierTag = QStringLiteral("v33");
        o.clock = clock;
        o.sleep = [this](int) { clock->advance(10); };
        o.rules.settleSeconds = 20;
        o.rules.limitSeconds = 60;
        return o;
    }
    std::shared_ptr<FixedClock> clock = std::make_shared<FixedClock>(start);
};

} // namespace

class TestHealthRollout : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void oneVersionInManyWritings() {
        QVERIFY(sameVersion(QStringLiteral("34"), QStringLiteral("v34")));
        QVERIFY(sameVersion(QStringLiteral("refs/tags/v34"), QStringLiteral("34")));
        QVERIFY(sameVersion(QStringLiteral("0a1b2c3"), QStringLiteral("0a1b2c3d4e5f60718293a4b5c6d7e8f901234567")));
        QVERIFY(!sameVersion(QStringLiteral("34"), QStringLiteral("345")));
        QVERIFY(!sameVersion(QStringLiteral("1234567"), QStringLiteral("12345678"))); // numbers, not commits
        QVERIFY(!sameVersion({}, {}));
    }

    void states() {
        QCOMPARE(after({sample(5, "33")}).phase, HealthPhase::OldVersion);
        QCOMPARE(after({sample(5, "33", false)}).phase, HealthPhase::Unhealthy);
        QCOMPARE(after({sample(5, "34")}).phase, HealthPhase::Watching);
        const HealthState done = after({sample(5, "34", true, 0), sample(15, "34", true, 40), sample(26, "34", true, 90)});
        QCOMPARE(done.phase, HealthPhase::Done);
        QCOMPARE(done.sentence, QStringLiteral("Version 34 stands: 90 requests"));
        QVERIFY(after({sample(5, "34", true, 0), sample(26, "34", true, 9)}).sentence.contains(Q("too few to judge its errors")));
    }

    void failures() {
        const HealthState old = after({sample(5, "33"), sample(61, "33")});
        QCOMPARE(old.phase, HealthPhase::Failed);
        QCOMPARE(old.sentence, QStringLiteral("The service still answers with version 33, 61 s after the deploy; wanted is v34"));
        QVERIFY(after({sample(61, "", false)}).sentence.startsWith(Q("The service is not healthy: no model is loaded")));
        // One bad look is forgiven, two in a row are not.
        QCOMPARE(after({sample(5, "34"), sample(7, "34", false), sample(9, "34"), sample(11, "34", false)}).phase, HealthPhase::Watching);
        QCOMPARE(after({sample(5, "34"), sample(7, "34", false), sample(9, "34", false)}).phase, HealthPhase::Failed);
        QVERIFY(after({sample(5, "34"), sample(7, "33"), sample(9, "33")}).sentence.contains(Q("answers with version 33 again")));
        const HealthState errors = after({sample(5, "34", true, 1000, 10), sample(15, "34", true, 1100, 20)});
        QCOMPARE(errors.sentence, QStringLiteral("Version 34 failed 10 of 100 requests (10 %, limit 2 %)"));
        // A restart begins the counters anew.
        QCOMPARE(after({sample(5, "34", true, 1000, 10), sample(15, "34", true, 60, 0)}).phase, HealthPhase::Watching);
        const HealthState slow = after({sample(5, "34", true, 0, 0, 100), sample(15, "34", true, 60, 0, 250)});
        QVERIFY2(slow.phase == HealthPhase::Failed && slow.sentence.contains(Q("250 ms, before in 100 ms")), qPrintable(slow.sentence));
    }

    void withoutAWantedVersionAnyOtherCounts() {
        QCOMPARE(after({sample(5, "33")}, {}).phase, HealthPhase::OldVersion);
        QCOMPARE(after({sample(5, "35")}, {}).phase, HealthPhase::Watching);
    }

    void aDeployIsWatchedAndUndone() {
        Service service;
        HealthRolloutOptions options = service.options();
        QStringList tags;
        options.deployer = Deployer{QStringLiteral("workflow deploy.yml"), [&](const QString &tag) -> Result<void> {
                                        tags << tag;
                                        service.version = tag.mid(1).toInt();
                                        return {};
                                    }, {}};
        auto operation = deployOperation(options);
        QVERIFY2(operation, operation ? "" : qPrintable(operation.error().text()));
        QTemporaryDir folder;
        auto journal = *operations::Journal::open(folder.filePath(QStringLiteral("journal.jsonl")), *Database::open(folder.filePath(QStringLiteral("r.db")), {operations::journalTables1()}), QByteArrayLiteral("k"));
        operations::Operations run(journal, {QStringLiteral("me"), QStringLiteral("pilot"), workspace::Role::Operator}, {});
        const auto outcome = run.run(*operation);
        QVERIFY2(outcome.done, outcome.error ? qPrintable(outcome.error->text()) : "");
        QCOMPARE(tags, QStringList{QStringLiteral("v34")});
        QCOMPARE(outcome.steps.front().after.value(Q("version")).toString(), QStringLiteral("34"));
        const auto undone = run.undoDone(*operation, outcome);
        QVERIFY2(undone.done, undone.error ? qPrintable(undone.error->text()) : "");
        QCOMPARE(tags, (QStringList{QStringLiteral("v34"), QStringLiteral("v33")}));
        QCOMPARE(service.version.load(), 33);
    }

    void aDeployThatNeverComesIsAnErrorWithASentence() {
        Service service;
        auto operation = deployOperation(service.options()); // triggered elsewhere
        QVERIFY(operation);
        QCOMPARE(operation->steps.front().call.verb, QStringLiteral("WATCH"));
        const auto done = operation->steps.front().execute();
        QVERIFY(!done);
        QCOMPARE(done.error().kind, ErrorKind::Refused);
        QVERIFY2(done.error().what.contains(Q("still answers with version 33")), qPrintable(done.error().what));
        service.failing = 1;
        const auto look = lookAtHealth(*service.options().endpoint, start);
        QVERIFY(look && look->reachable && !look->healthy);
    }
};

QTEST_GUILESS_MAIN(TestHealthRollout)
#include "tst_health_rollout.moc"
