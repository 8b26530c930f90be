// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/fleet/skew_watch.h"
#include "core/fleet/snapshot.h"
#include "core/promotion/sightings.h"
#include "core/registry/local_registry.h"
#include "tests/support/loopback_server.h"

#include <QJsonArray>
#include <QTemporaryDir>
#include <QTest>

#include <functional>
#include <mutex>

using namespace pilothouse;
using namespace pilothouse::fleet;

namespace {

const QString run3(32, QLatin1Char('3')), run4(32, QLatin1Char('4'));
const QString sum3(64, QLatin1Char('3')), sum4(64, QLatin1Char('4'));
QDateTime at(int hour) { return QDateTime(QDate(2024, 5, 1), QTime(hour, 0), Qt::UTC); }

/// Versions 3 and 4 of iris; the alias came to 4 at noon.
SkewInput input() {
    SkewInput in;
    in.model = QStringLiteral("iris");
    in.wanted = {QStringLiteral("iris-model"), QStringLiteral("champion"), 4, run4, QStringLiteral("d4"), sum4, QStringLiteral("Production"), QStringLiteral("s3://mlflow/experiments/7/") + run4 + QStringLiteral("/artifacts/model"),
                 QStringLiteral("sha256:aaaa"), at(12)};
    for (const int n : {4, 3}) {
        registry::Version v;
        v.model = in.wanted.model;
        v.version = n;
        v.runId = n == 4 ? run4 : run3;
        v.digest = QStringLiteral("d%1").arg(n);
        v.source = QStringLiteral("s3://mlflow/experiments/7/%1/artifacts/model").arg(v.runId);
        in.versions.push_back(v);
    }
    return in;
}

ServedReport said(const QString &version, const QDateTime &started = {}, const QString &source = {}) {
    ServedReport r;
    r.from = QStringLiteral("http://iris");
    r.version = version;
    r.started = started;
    r.source = source;
    r.observed = at(15);
    return r;
}

ServedReport pod(const char *name, const char *digest, const QDateTime &started) {
    ServedReport r;
    r.pod = true;
    r.from = QString::fromLatin1(name);
    r.imageDigest = QString::fromLatin1(digest);
    r.started = started;
    r.observed = at(15);
    return r;
}

cluster::RolloutStatus rollout(cluster::RolloutPhase phase, int stable, int canary = 0) {
    cluster::RolloutStatus s;
    s.target = QStringLiteral("serving/iris");
    s.phase = phase;
    if (stable)
        s.stable = cluster::Revision{1, {}, stable, {}, {}, {}, {}, {}};
    if (canary)
        s.canary = cluster::Revision{2, {}, canary, {}, {}, {}, {}, {}};
    s.wantedCanaryShare = canary ? 0.1 : 0;
    return s;
}

} // namespace

class TestSkew : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void eachCauseHasItsNameAndRemedy_data();
    void eachCauseHasItsNameAndRemedy();
    void whatEndpointsSayIsReadAsTheySayIt();
    void kserveVersionsOfOthersAreNoRegistryVersions();
    void aPodIsReadByItsContainer();
    void theAgeSurvivesARestartAndAnEndpointThatIsDown();
    void anEndpointIsAskedAndJudged();
};

using Make = std::function<void(SkewInput &)>;
Q_DECLARE_METATYPE(Make)

void TestSkew::eachCauseHasItsNameAndRemedy_data() {
    QTest::addColumn<Make>("make");
    QTest::addColumn<QString>("state");
    QTest::addColumn<QString>("cause");
    QTest::addColumn<QString>("served");
    QTest::addColumn<QString>("words"); // of why and remedy
    const auto row = [](const char *name, const char *state, const char *cause, const char *served, const char *words, Make make) {
        QTest::newRow(name) << make << QString::fromLatin1(state) << QString::fromLatin1(cause) << QString::fromUtf8(served) << QString::fromUtf8(words);
    };
    using cluster::RolloutPhase;
    row("the same number agrees", "agrees", "none", "v4", "", [](SkewInput &in) { in.reports = {said(QStringLiteral("4"))}; });
    row("a v before it is the same number", "agrees", "none", "v4", "", [](SkewInput &in) { in.reports = {said(QStringLiteral("v4"))}; });
    row("the stage, loaded after the move, agrees", "agrees", "none", "v4", "", [](SkewInput &in) { in.reports = {said(QStringLiteral("Production"), at(13), QStringLiteral("MLflow Model Registry"))}; });
    row("the stage, loaded before the move", "skewed", "started-before", "“Production”", "before the alias moved|Restart it", [](SkewInput &in) { in.reports = {said(QStringLiteral("Production"), at(11), QStringLiteral("MLflow Model Registry"))}; });
    row("the stage, and not since when", "unknown", "none", "", "a name and no version", [](SkewInput &in) { in.reports = {said(QStringLiteral("Production"))}; });
    row("another number, loaded before the move", "skewed", "started-before", "v3", "before the alias moved|Restart it", [](SkewInput &in) { in.reports = {said(QStringLiteral("3"), at(11))}; });
    row("another number, loaded after the move", "skewed", "other-version", "v3", "after the alias moved|configuration", [](SkewInput &in) { in.reports = {said(QStringLiteral("3"), at(13))}; });
    row("another number, not since when", "skewed", "other-version", "v3", "does not say|promote what it serves", [](SkewInput &in) { in.reports = {said(QStringLiteral("3"))}; });
    row("the file in the image", "skewed", "baked-in", "“1.0”", "file in its image|reach the registry", [](SkewInput &in) { in.reports = {said(QStringLiteral("1.0"), at(13), QStringLiteral("local file"))}; });
    row("the file in the image is that version", "agrees", "none", "v4", "", [](SkewInput &in) { in.reports = {said(QStringLiteral("4"), at(13), QStringLiteral("baked file"))}; });
    row("our own server reads a local registry, no baked file", "skewed", "other-version", "v3", "does not say", [](SkewInput &in) { in.reports = {said(QStringLiteral("3"), {}, QStringLiteral("local registry iris/3"))}; });
    row("the run of another version", "skewed", "other-version", "v3", "", [](SkewInput &in) { in.reports = {said({})}; in.reports[0].run = run3; });
    row("the run of the version", "agrees", "none", "v4", "", [](SkewInput &in) { in.reports = {said({})}; in.reports[0].run = run4; });
    row("the package's digest agrees, whatever it is called", "agrees", "none", "v4", "", [](SkewInput &in) { in.reports = {said(QStringLiteral("prod"))}; in.reports[0].digest = QStringLiteral("d4"); });
    row("storageUri into the run of another version", "skewed", "other-run", "v3", "storageUri is s3|Set its storageUri", [](SkewInput &in) { in.reports = {said({})}; in.reports[0].storageUri = QStringLiteral("s3://mlflow/experiments/7/%1/artifacts/model").arg(run3); });
    row("storageUri into a run of no version", "skewed", "other-run", "another run", "no version of iris-model|Set its storageUri", [](SkewInput &in) { in.reports = {said({})}; in.reports[0].storageUri = QStringLiteral("s3://mlflow/experiments/7/%1/artifacts/model").arg(QString(32, QLatin1Char('5'))); });
    row("storageUri into the run of the version", "agrees", "none", "v4", "", [](SkewInput &in) { in.reports = {said({})}; in.reports[0].storageUri = QStringLiteral("s3://mlflow/experiments/7/%1/artifacts/model/").arg(run4); });
    row("storageUri names a version", "skewed", "other-run", "v3", "that is v3", [](SkewInput &in) { in.reports = {said({})}; in.reports[0].storageUri = QStringLiteral("models:/iris-model/3"); });
    row("storageUri names the alias, loaded before the move", "skewed", "started-before", "", "before the alias moved", [](SkewInput &in) { in.reports = {said({}, at(11))}; in.reports[0].storageUri = QStringLiteral("models:/iris-model@champion"); });
    row("weights on the volume agree", "agrees", "none", "v4", "", [](SkewInput &in) { in.reports = {said({})}; in.reports[0].weightsSha256 = sum4.toUpper(); });
    row("weights on the volume are others", "skewed", "other-weights", "v4", "checksum 333333333333|Write the weights", [](SkewInput &in) { in.reports = {said(QStringLiteral("4"), at(13))}; in.reports[0].weightsSha256 = sum3; });
    row("weights are others because it was not restarted", "skewed", "started-before", "", "before the alias moved|Restart it", [](SkewInput &in) { in.reports = {said({}, at(11))}; in.reports[0].weightsSha256 = sum3; });
    row("another image", "skewed", "other-image", "v4", "sha256:bbbb|Deploy the image", [](SkewInput &in) { in.reports = {said(QStringLiteral("4"))}; in.reports[0].imageDigest = QStringLiteral("sha256:bbbb"); });
    row("the image is all that is known", "agrees", "none", "v4", "", [](SkewInput &in) { in.reports = {said({})}; in.reports[0].imageDigest = QStringLiteral("sha256:aaaa"); });
    row("a pod runs another image", "skewed", "other-image", "", "web-1 runs the image sha256:bbbb|It runs since 2024-05-01 11:00|Deploy the image", [](SkewInput &in) { in.reports = {pod("web-1", "sha256:bbbb", at(11))}; });
    row("a pod runs the image of another version", "skewed", "other-image", "v3", "for v4 the image sha256:aaaa", [](SkewInput &in) { in.reports = {pod("web-1", "sha256:bbbb", at(11))}; in.reports[0].version = QStringLiteral("3"); });
    row("a pod runs what the tag named before", "skewed", "other-image", "", "names other bytes in the registry now (sha256:aaaa|imagePullPolicy", [](SkewInput &in) { in.reports = {pod("web-1", "sha256:bbbb", at(11))}; in.wanted.image = in.reports[0].image = QStringLiteral("ghcr.io/t/api:4"); });
    row("a pod tells the digest of its platform", "agrees", "none", "v4", "", [](SkewInput &in) { in.reports = {pod("web-1", "sha256:cccc", at(11))}; in.wanted.imageDigests = {QStringLiteral("sha256:cccc")}; });
    row("a pod with the image of its version started before the alias moved", "agrees", "none", "v4", "", [](SkewInput &in) { in.reports = {pod("web-1", "sha256:aaaa", at(11))}; });
    row("a pod with the image of both versions started before the alias moved", "skewed", "started-before", "", "web-1 runs since 2024-05-01 11:00 UTC, and the alias moved at 2024-05-01 12:00|Restart it", [](SkewInput &in) { in.reports = {pod("web-1", "sha256:aaaa", at(11))}; in.wanted.imageShared = true; });
    row("the same, started after", "agrees", "none", "v4", "", [](SkewInput &in) { in.reports = {pod("web-1", "sha256:aaaa", at(13))}; in.wanted.imageShared = true; });
    row("the same, and the endpoint answers with the version", "agrees", "none", "v4", "", [](SkewInput &in) { in.reports = {said(QStringLiteral("4")), pod("web-1", "sha256:aaaa", at(11))}; in.wanted.imageShared = true; });
    row("pods explain what the endpoint says", "skewed", "other-image", "v3", "web-1 runs the image|So do 1 others", [](SkewInput &in) { in.reports = {said(QStringLiteral("3")), pod("web-1", "sha256:bbbb", at(11)), pod("web-2", "sha256:bbbb", at(11))}; });
    row("one pod of two is left behind", "skewed", "replicas-disagree", "v4", "web-2: web-2 runs the image|one after the other", [](SkewInput &in) { in.reports = {pod("web-1", "sha256:aaaa", at(13)), pod("web-2", "sha256:bbbb", at(11))}; });
    row("a pod says that it serves the file in its image", "skewed", "baked-in", "a file", "web-1 says “local file”|reach the registry", [](SkewInput &in) { in.reports = {pod("web-1", "sha256:aaaa", at(13))}; in.reports[0].source = QStringLiteral("local file"); });
    row("nobody knows which image belongs to the version, and it was rolled out", "agrees", "none", "v4", "", [](SkewInput &in) { in.reports = {pod("web-1", "sha256:bbbb", at(11))}; in.wanted.imageDigest.clear(); in.rollout = rollout(RolloutPhase::Stable, 4); });
    row("nobody knows which image belongs to the version", "unknown", "none", "", "does not tell which version", [](SkewInput &in) { in.reports = {pod("web-1", "sha256:bbbb", at(13))}; in.wanted.imageDigest.clear(); });
    row("a revision that nobody knows a version of", "unknown", "none", "", "nothing says for which its image was built", [](SkewInput &in) { in.rollout = rollout(RolloutPhase::Stable, 0); in.rollout->stable = cluster::Revision(); });
    row("two replicas disagree", "skewed", "replicas-disagree", "v4, v3", "http://iris: http://iris loaded|Restart the replicas", [](SkewInput &in) { in.reports = {said(QStringLiteral("4"), at(13)), said(QStringLiteral("3"), at(11))}; });
    row("two replicas are wrong in the same way", "skewed", "started-before", "v3", "Restart it", [](SkewInput &in) { in.reports = {said(QStringLiteral("3"), at(11)), said(QStringLiteral("3"), at(10))}; });
    row("one of two does not answer", "agrees", "none", "v4", "", [](SkewInput &in) { in.reports = {said(QStringLiteral("4")), said({})}; in.reports[1].problem = QStringLiteral("No connection."); });
    row("it does not say", "unknown", "none", "", "does not say what it serves", [](SkewInput &in) { in.reports = {said({})}; });
    row("it does not answer", "unknown", "none", "", "No connection.", [](SkewInput &in) { in.reports = {said({})}; in.reports[0].problem = QStringLiteral("No connection."); });
    row("nobody was asked", "unknown", "none", "", "Nothing tells", [](SkewInput &) {});
    row("the alias points nowhere", "unknown", "none", "", "points nowhere", [](SkewInput &in) { in.wanted.version.reset(); in.reports = {said(QStringLiteral("4"))}; });
    row("all traffic on the version", "agrees", "none", "v4", "", [](SkewInput &in) { in.rollout = rollout(RolloutPhase::Stable, 4); });
    row("not rolled out yet", "skewed", "not-rolled-out", "v3", "no rollout is under way|Roll v4 out", [](SkewInput &in) { in.rollout = rollout(RolloutPhase::Stable, 3); });
    row("turned back, and the alias stayed", "skewed", "not-rolled-out", "v3", "Roll v4 out", [](SkewInput &in) { in.rollout = rollout(RolloutPhase::Aborted, 3); });
    row("a rollout under way is no skew", "moving", "none", "v3", "", [](SkewInput &in) { in.rollout = rollout(RolloutPhase::Progressing, 3, 4); });
    row("a paused rollout is no skew", "moving", "none", "v3", "", [](SkewInput &in) { in.rollout = rollout(RolloutPhase::Paused, 3, 4); });
    row("the canary is another version", "skewed", "not-rolled-out", "v5", "another version|abort", [](SkewInput &in) { in.rollout = rollout(RolloutPhase::Progressing, 3, 5); });
    row("the target is down", "unknown", "none", "", "does not answer", [](SkewInput &in) { in.rollout = rollout(RolloutPhase::Unreachable, 3); });
    row("nothing is served yet", "unknown", "none", "", "serves nothing yet", [](SkewInput &in) { in.rollout = rollout(RolloutPhase::None, 0); });
}

void TestSkew::eachCauseHasItsNameAndRemedy() {
    QFETCH(Make, make);
    QFETCH(QString, state);
    QFETCH(QString, cause);
    QFETCH(QString, served);
    QFETCH(QString, words);
    SkewInput in = input();
    make(in);
    const Skew skew = judgeSkew(in);
    const QString told = skew.why + QLatin1Char('\n') + skew.remedy;
    QCOMPARE(skewStateName(skew.state), state);
    QCOMPARE(skewCauseName(skew.cause), cause);
    QCOMPARE(skew.served, served);
    for (const QString &word : words.split(QLatin1Char('|')))
        QVERIFY2(told.contains(word), qPrintable(told));
    QCOMPARE(skew.skewed(), !skew.remedy.isEmpty()); // never a skew without a remedy, never a remedy without a skew
    QCOMPARE(skew.skewed(), skew.what.startsWith(QStringLiteral("alias v4, ")));
}

void TestSkew::whatEndpointsSayIsReadAsTheySayIt() {
    const auto ours = reportOfModelInfo({{QStringLiteral("model_version"), QStringLiteral("4")}, {QStringLiteral("model_source"), QStringLiteral("local registry t2m/4")}, {QStringLiteral("digest"), QStringLiteral("d4")},
                                         {QStringLiteral("since"), QStringLiteral("2024-05-01T11:00:00.000Z")}}, QStringLiteral("u"), at(15));
    QCOMPARE(ours.version, QStringLiteral("4"));
    QCOMPARE(ours.digest, QStringLiteral("d4"));
    QCOMPARE(ours.started, at(11));
    const auto health = reportOfModelInfo({{QStringLiteral("status"), QStringLiteral("healthy")}, {QStringLiteral("model_version"), 7}, {QStringLiteral("uptime_seconds"), 7200.0}}, QStringLiteral("u"), at(15));
    QCOMPARE(health.version, QStringLiteral("7")); // a number is a version, too
    QCOMPARE(health.started, at(13));
    const auto python = reportOfModelInfo({{QStringLiteral("started_at"), QStringLiteral("2024-05-01T11:00:00")}, {QStringLiteral("checksum"), QStringLiteral("sha256:") + sum3}}, QStringLiteral("u"), at(15));
    QCOMPARE(python.started, at(11)); // datetime.isoformat() without a zone
    QCOMPARE(python.weightsSha256, sum3);
    const auto odd = reportOfModelInfo({{QStringLiteral("model_version"), QJsonArray{1}}, {QStringLiteral("checksum"), QStringLiteral("9e107d9d372bb6826bd81d3542a419d6")}, {QStringLiteral("uptime_seconds"), -5}, {QStringLiteral("since"), QStringLiteral("yesterday")}},
                                       QStringLiteral("u"), at(15));
    QVERIFY(odd.version.isEmpty() && odd.weightsSha256.isEmpty() && !odd.started.isValid()); // an MD5 is not compared with a SHA-256
}

void TestSkew::kserveVersionsOfOthersAreNoRegistryVersions() {
    const QJsonArray versions{QStringLiteral("9"), QStringLiteral("10")};
    QCOMPARE(reportOfKserve({{QStringLiteral("versions"), versions}, {QStringLiteral("platform"), QStringLiteral("pilothouse")}}, {}, at(15)).version, QStringLiteral("10"));
    QVERIFY(reportOfKserve({{QStringLiteral("versions"), versions}, {QStringLiteral("platform"), QStringLiteral("tensorrt_plan")}}, {}, at(15)).version.isEmpty());
    QVERIFY(reportOfKserve({{QStringLiteral("name"), QStringLiteral("iris")}, {QStringLiteral("ready"), QStringLiteral("True")}}, {}, at(15)).problem.isEmpty());
}

void TestSkew::aPodIsReadByItsContainer() {
    const QString digest = QStringLiteral("sha256:") + sum3;
    const auto container = [](const char *name, const QString &id, const char *since) {
        return QJsonObject{{QStringLiteral("name"), QString::fromLatin1(name)}, {QStringLiteral("imageID"), id}, {QStringLiteral("state"), QJsonObject{{QStringLiteral("running"), QJsonObject{{QStringLiteral("startedAt"), QString::fromLatin1(since)}}}}}};
    };
    const QJsonObject object{{QStringLiteral("metadata"), QJsonObject{{QStringLiteral("name"), QStringLiteral("web-1")}}},
                             {QStringLiteral("spec"), QJsonObject{{QStringLiteral("containers"), QJsonArray{QJsonObject{{QStringLiteral("name"), QStringLiteral("api")}, {QStringLiteral("image"), QStringLiteral("ghcr.io/t/api:3")}},
                                                                                                           QJsonObject{{QStringLiteral("name"), QStringLiteral("side")}, {QStringLiteral("image"), QStringLiteral("envoy")}}}}}},
                             {QStringLiteral("status"), QJsonObject{{QStringLiteral("containerStatuses"), QJsonArray{container("side", QStringLiteral("docker.io/library/envoy@sha256:") + sum4, "2024-05-01T09:00:00Z"),
                                                                                                                      container("api", QStringLiteral("ghcr.io/t/api@") + digest, "2024-05-01T11:00:00Z")}}}}};
    const ServedReport first = reportOfPod(object, {}, at(15));
    QVERIFY(first.pod);
    QCOMPARE(first.from, QStringLiteral("web-1"));
    QCOMPARE(first.image, QStringLiteral("ghcr.io/t/api:3"));
    QCOMPARE(first.imageDigest, digest);
    QCOMPARE(first.started, at(11));
    QCOMPARE(reportOfPod(object, QStringLiteral("side"), at(15)).imageDigest, QStringLiteral("sha256:") + sum4);
}

namespace {

/// Services of a workspace with one model behind an address; its registry is empty.
struct Bench {
    QTemporaryDir folder;
    std::shared_ptr<FixedClock> clock = std::make_shared<FixedClock>(at(15));
    Services open(const QString &url) const {
        Services s;
        s.root = folder.path();
        s.workspace = *workspace::parseWorkspace("workspace: w\nconnections: {local: {kind: local, root: " + folder.path().toUtf8() +
                                                     "}}\nmodels:\n  iris:\n    registry: {connection: local, name: iris}\n    endpoint: {url: '" + url.toUtf8() + "'}\n",
                                                 folder.filePath(QStringLiteral("pilothouse.yaml")));
        s.clock = clock;
        s.http = std::make_shared<net::HttpClient>();
        s.database = *Database::open(folder.filePath(QStringLiteral("registry.db")), promotion::registryDatabaseMigrations());
        s.registry = *registry::openLocalRegistry(s.database, folder.filePath(QStringLiteral("artifacts")), nullptr, clock);
        s.registries = std::make_shared<Registries>(s.workspace, s.registry, s.http, nullptr, folder.path());
        s.skew = std::make_shared<SkewWatch>();
        return s;
    }
    static ModelRow row(int live, const QString &url) {
        ModelRow r;
        r.name = QStringLiteral("iris");
        r.liveVersion = live;
        r.endpointUrl = url;
        return r;
    }
};

} // namespace

void TestSkew::theAgeSurvivesARestartAndAnEndpointThatIsDown() {
    Bench bench;
    ModelRow row = Bench::row(4, {});
    row.rollout = rollout(cluster::RolloutPhase::Stable, 3);
    const QString none = QStringLiteral("http://127.0.0.1:1");
    {
        const Services first = bench.open(none);
        QCOMPARE(skewOf(first, *first.workspace.model(row.name), row, {}).since, at(15));
    }
    bench.clock->set(at(18));
    const Services second = bench.open(none); // another program, or this one after a restart
    const workspace::Model &model = *second.workspace.model(row.name);
    QCOMPARE(skewOf(second, model, row, {}).since, at(15));
    row.rollout->phase = cluster::RolloutPhase::Unreachable; // not known: that ends nothing
    QCOMPARE(skewOf(second, model, row, {}).state, SkewState::Unknown);
    row.rollout = rollout(cluster::RolloutPhase::Stable, 2); // wrong in another way: still skewed since then
    QCOMPARE(skewOf(second, model, row, {}).since, at(15));
    row.rollout = rollout(cluster::RolloutPhase::Stable, 4);
    QVERIFY(!skewOf(second, model, row, {}).since.isValid());
    bench.clock->set(at(19));
    row.rollout = rollout(cluster::RolloutPhase::Stable, 3); // anew
    QCOMPARE(skewOf(second, model, row, {}).since, at(19));
    const auto kept = *promotion::Sightings(second.database).of(QStringLiteral("skew"), row.name);
    QCOMPARE(kept.size(), std::size_t(2));
    QCOMPARE(kept[1].ended, at(18));
    QVERIFY(!kept[0].ended.isValid());
}

void TestSkew::anEndpointIsAskedAndJudged() {
    std::mutex mutex; // the server answers from its own threads
    QByteArray reply = "{\"model_version\":\"3\",\"model_source\":\"MLflow Model Registry\"}", path;
    int asked = 0;
    support::LoopbackServer server([&](support::LoopbackServer::Connection &connection, int) {
        for (QByteArray request = connection.readRequest(); !request.isEmpty(); request = connection.readRequest()) {
            QByteArray body;
            {
                const std::lock_guard lock(mutex);
                ++asked;
                path = request.split(' ').value(1);
                body = reply;
            }
            connection.reply(200, body);
        }
    });
    const QString url = QStringLiteral("http://127.0.0.1:%1").arg(server.port());
    const auto answers = [&](const QByteArray &body) {
        const std::lock_guard lock(mutex);
        reply = body;
    };
    Bench bench;
    const Services services = bench.open(url + QStringLiteral("/predict"));
    const workspace::Model &model = services.workspace.models.front();
    const ModelRow row = Bench::row(4, url);
    QCOMPARE(skewOf(services, model, row, {}).state, SkewState::Unknown); // not asked yet, and a snapshot does not wait for it
    QVERIFY(services.skew->refresh(services));
    QCOMPARE(path, QByteArray("/model-info"));
    const Skew skew = skewOf(services, model, row, {});
    QCOMPARE(skew.what, QStringLiteral("alias v4, endpoint serves v3"));
    QCOMPARE(skew.since, at(15));
    QVERIFY(!services.skew->refresh(services)); // it is not due
    QCOMPARE(asked, 1);
    bench.clock->advance(21);
    answers("<html>");
    QVERIFY(services.skew->refresh(services)); // it says something else now
    QCOMPARE(skewOf(services, model, row, {}).state, SkewState::Unknown);
    bench.clock->advance(61);
    answers("{\"model_version\":\"4\"}");
    QVERIFY(services.skew->refresh(services));
    QCOMPARE(skewOf(services, model, row, {}).state, SkewState::Agrees);
}

QTEST_GUILESS_MAIN(TestSkew)
#include "tst_skew.moc"
