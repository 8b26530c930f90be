// SPDX-License-Identifier: GPL-3.0-or-later
// What is known of models on servers: the first look of a start has what the last one knew, with its age, while the server is asked; and is judged by nothing.
#include "core/base/file.h"
#include "core/fleet/run_feed.h"
#include "core/fleet/snapshot.h"
#include "core/fleet/skew_watch.h"
#include "core/registry/run_cache.h"
#include "core/secrets/secret_store.h"
#include "tests/support/free_port.h"
#include "tests/support/loopback_server.h"

#include <QElapsedTimer>
#include <QTemporaryDir>
#include <QTest>

using namespace pilothouse;
using namespace pilothouse::fleet;

namespace {

const QDateTime before(QDate(2026, 1, 1), QTime(8, 0), Qt::UTC);
const QString team = QStringLiteral("team"), housing = QStringLiteral("housing");

registry::KnownModels knownOf(int versions) {
    registry::KnownModels known;
    registry::RegisteredModel model;
    model.name = housing;
    model.latestVersion = versions;
    model.aliases = {{QStringLiteral("champion"), versions - 1}};
    registry::RegisteredModel other;
    other.name = QStringLiteral("nobody-asks");
    known.models = {model, other};
    for (int v = versions; v > 0; --v) {
        registry::Version version;
        version.model = housing;
        version.version = v;
        version.runId = QStringLiteral("run-%1").arg(v);
        version.digest = QString(64, QLatin1Char('a'));
        version.created = before.addSecs(v);
        if (v == versions - 1)
            version.aliases << QStringLiteral("champion");
        known.versions.push_back(version);
    }
    known.read = before;
    return known;
}

/// A workspace with one model at a server that says nothing, or something else.
struct Place {
    QTemporaryDir folder;
    std::shared_ptr<secrets::SecretStore> secrets = secrets::memoryStore(); ///< one for all starts: the journal's key is in it
    std::shared_ptr<Services> services;

    explicit Place(const QString &url, const std::optional<registry::KnownModels> &known = {}) {
        const QString file = folder.filePath(QStringLiteral("pilothouse.yaml"));
        (void)writeFileAtomically(file, "workspace: remote\nconnections:\n  local: {kind: local, root: state}\n  team: {kind: mlflow, url: " + url.toUtf8() +
                                            "}\nmodels:\n  m:\n    registry: {connection: team, name: housing, champion: champion}\n    endpoint: {url: \"http://127.0.0.1:1\", protocol: rest}\n");
        open(file);
        if (known && services) {
            const auto cache = openRunCache(*services);
            (void)(*cache)->setModels(team, registryAddress(services->workspace, team), *known);
            open(file); // the next start
        }
    }
    void open(QString file) {
        services.reset();
        auto opened = openServices({file, secrets, {}, QStringLiteral("test")});
        if (!opened)
            qFatal("%s", qPrintable(opened.error().text()));
        services = *opened;
    }
};

} // namespace

class TestRemoteModels : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void theFirstLookHasWhatTheLastStartKnew() {
        Place place(QStringLiteral("http://127.0.0.1:%1").arg(support::freePort()), knownOf(10000));
        QElapsedTimer clock;
        clock.start();
        const auto look = place.services->remote->look(0, true);
        qInfo("10,000 versions that were remembered: %lld ms", clock.elapsed());
        const RemoteModels::Known known = look.value(team);
        QVERIFY(known.remembered);
        QCOMPARE(known.read, before);
        QCOMPARE(known.versions.size(), std::size_t(10000));
        QCOMPARE(known.versions.front().version, 10000);
        QCOMPARE(known.models.size(), std::size_t(1)); // the workspace names one
        QVERIFY(known.server.startsWith(QStringLiteral("127.0.0.1")));
        clock.start();
        QCOMPARE(readSnapshot(*place.services, 0, true).versions.size(), std::size_t(10000));
        qInfo("a snapshot with them: %lld ms", clock.elapsed());
    }

    void aSnapshotShowsItWithItsAgeAndJudgesNothing() {
        Place place(QStringLiteral("http://127.0.0.1:%1").arg(support::freePort()), knownOf(4));
        const Snapshot s = readSnapshot(*place.services, 0, true);
        QCOMPARE(s.models.size(), std::size_t(1));
        QCOMPARE(s.models[0].liveVersion.value_or(0), 3);
        QCOMPARE(s.models[0].latestVersion.value_or(0), 4);
        QCOMPARE(s.models[0].registered.time, before);
        QCOMPARE(s.versions.size(), std::size_t(4));
        QCOMPARE(s.versions.front().model, QStringLiteral("m"));
        QCOMPARE(s.models[0].served.state, SkewState::Unknown);
        QVERIFY(s.models[0].served.why.isEmpty());
        // The server is gone: what was known stays, and why it is old is told.
        QTRY_VERIFY_WITH_TIMEOUT(readSnapshot(*place.services, 0, true).models[0].registered.reachable == false, 20000);
        const Snapshot later = readSnapshot(*place.services, 0, true);
        QCOMPARE(later.models[0].liveVersion.value_or(0), 3);
        QCOMPARE(later.models[0].registered.time, before);
        QVERIFY(!later.problems.empty());
    }

    void anotherAddressHasNothingKnown() {
        Place place(QStringLiteral("http://127.0.0.1:%1").arg(support::freePort()));
        const auto cache = openRunCache(*place.services);
        QVERIFY(cache);
        QVERIFY((*cache)->setModels(team, QStringLiteral("http://elsewhere.example ops"), knownOf(4)));
        place.open(place.services->workspace.file);
        QVERIFY(!place.services->remote->look(0, true).value(team).read.isValid());
    }

    void whatWasReadIsThereAtTheNextStart() {
        support::LoopbackServer server([](auto &c, int) {
            for (QByteArray request = c.readRequest(); !request.isEmpty(); request = c.readRequest()) {
                if (request.contains("/registered-models/get"))
                    c.reply(200, R"({"registered_model":{"name":"housing","latest_versions":[{"name":"housing","version":"2"}],"aliases":[{"alias":"champion","version":"2"}]}})");
                else if (request.contains("/model-versions/search"))
                    c.reply(200, R"({"model_versions":[{"name":"housing","version":"2","run_id":"r2"},{"name":"housing","version":"1","run_id":"r1"}]})");
                else
                    c.reply(404, R"({"error_code":"RESOURCE_DOES_NOT_EXIST","message":"no"})");
            }
        });
        Place place(server.url(""));
        QTRY_VERIFY_WITH_TIMEOUT(place.services->remote->look(0).value(team).read.isValid(), 20000);
        const RemoteModels::Known read = place.services->remote->look(0).value(team);
        QVERIFY(!read.remembered);
        QCOMPARE(read.versions.size(), std::size_t(2));
        place.open(place.services->workspace.file);
        const RemoteModels::Known again = place.services->remote->look(0, true).value(team);
        QCOMPARE(again.versions.size(), std::size_t(2));
        QCOMPARE(again.models.front().aliases.front().version, 2);
        QCOMPARE(again.read, read.read);
    }
};

QTEST_GUILESS_MAIN(TestRemoteModels)
#include "tst_remote_models.moc"
