// SPDX-License-Identifier: GPL-3.0-or-later
// A model that a container of this machine's engine serves: a real Podman behind a socket in the test's folder, with its own storage, and images of busybox.
// Skipped where Podman is not installed or may not run containers.
#include "core/base/file.h"
#include "core/base/json.h"
#include "core/cluster/container_target.h"
#include "core/fleet/services.h"
#include "tests/support/free_port.h"
#include "tests/support/kube_server.h"
#include "tests/support/tiny_package.h"

#include <QJsonArray>
#include <QStandardPaths>
#include <QTest>

using namespace pilothouse;
using support::KubeServer;
using Q = QLatin1String;

class TestContainerTarget : public QObject {
    Q_OBJECT
    QTemporaryDir m_folder{QDir::tempPath() + QStringLiteral("/pe-XXXXXX")}; // Podman takes no runroot of more than 50 characters
    QProcess m_service;
    int m_port = 0;
    std::shared_ptr<fleet::Services> m_services;
    std::shared_ptr<cluster::RolloutTarget> m_target;

    QString path(const char *name) const { return m_folder.filePath(Q(name)); }
    KubeServer::Answer podman(const QStringList &arguments) const {
        return KubeServer::run(QStringLiteral("podman"), QStringList{QStringLiteral("--root"), path("storage"), QStringLiteral("--runroot"), path("runroot"), QStringLiteral("--storage-driver"), QStringLiteral("vfs"), QStringLiteral("--runtime"), runtime()} + arguments, {}, 120000);
    }
    /// runc also where cgroups are mounted the old way.
    static QString runtime() { return QStandardPaths::findExecutable(QStringLiteral("runc")).isEmpty() ? QStringLiteral("crun") : QStringLiteral("runc"); }

    /// An image that serves a folder: /version, and /health unless `sick`; one that ends at once if `dies`.
    bool makeImage(int version, bool sick, bool dies) const {
        const QString root = path("image") + QString::number(version);
        if (!QDir().mkpath(root + QStringLiteral("/bin")) || !QDir().mkpath(root + QStringLiteral("/www")) || !QFile::copy(QStandardPaths::findExecutable(QStringLiteral("busybox")), root + QStringLiteral("/bin/busybox")))
            return false;
        if (!writeFileAtomically(root + QStringLiteral("/www/version"), QByteArray::number(version)) || (!sick && !writeFileAtomically(root + QStringLiteral("/www/health"), "{\"status\":\"healthy\"}")))
            return false;
        const QString tar = root + QStringLiteral(".tar");
        if (KubeServer::run(QStringLiteral("tar"), {QStringLiteral("-C"), root, QStringLiteral("-cf"), tar, QStringLiteral(".")}, {}, 30000).code != 0)
            return false;
        const QString command = dies ? QStringLiteral("CMD [\"/bin/busybox\",\"false\"]") : QStringLiteral("CMD [\"/bin/busybox\",\"httpd\",\"-f\",\"-p\",\"127.0.0.1:%1\",\"-h\",\"/www\"]").arg(m_port);
        return podman({QStringLiteral("import"), QStringLiteral("--change"), command, QStringLiteral("--change"), QStringLiteral("STOPSIGNAL SIGKILL"), QStringLiteral("--change"), QStringLiteral("ENV BUILT_FOR=%1").arg(version), tar, QStringLiteral("localhost/web:%1").arg(version)}).code == 0;
    }
    QByteArray served() const {
        net::Request request;
        request.url = QStringLiteral("http://127.0.0.1:%1/version").arg(m_port);
        const auto reply = m_services->http->send(request);
        return reply ? reply->body : "nothing: " + reply.error().what.toUtf8();
    }
    Result<void> roll(int version) const {
        cluster::Revision revision;
        revision.model = QStringLiteral("web");
        revision.version = version;
        return m_target->start(revision, {}, {100}, QStringLiteral("p-1"));
    }
    static QJsonObject inspected(const char *container) {
        const auto engine = cluster::ContainerEngine::find();
        return engine ? engine->inspect(Q(container)).value_or(QJsonObject()) : QJsonObject();
    }

private Q_SLOTS:
    void initTestCase() {
        for (const char *program : {"podman", "busybox", "tar"})
            if (QStandardPaths::findExecutable(Q(program)).isEmpty())
                QSKIP(qPrintable(QStringLiteral("skipped: %1 is not installed").arg(Q(program))));
        m_port = support::freePort();
        QVERIFY(writeFileAtomically(path("containers.conf"), "[containers]\nnetns = \"host\"\ndefault_ulimits = [\"nofile=1024:1024\", \"nproc=1000:1000\"]\n[engine]\ncgroup_manager = \"cgroupfs\"\nevents_logger = \"none\"\n"));
        qputenv("CONTAINERS_CONF", path("containers.conf").toUtf8());
        qputenv("XDG_RUNTIME_DIR", m_folder.path().toUtf8());
        if (const auto works = podman({QStringLiteral("info")}); works.code != 0)
            QSKIP(qPrintable(QStringLiteral("skipped: Podman does not work here: ") + QString::fromUtf8(works.error.right(300))));
        QVERIFY(makeImage(1, false, false) && makeImage(2, false, false) && makeImage(3, true, false) && makeImage(4, false, true));
        const auto first = podman({QStringLiteral("run"), QStringLiteral("-d"), QStringLiteral("--name"), QStringLiteral("web"), QStringLiteral("--env"), QStringLiteral("KEPT=this one"), QStringLiteral("--label"), QStringLiteral("team=ml"), QStringLiteral("localhost/web:1")});
        if (first.code != 0)
            QSKIP(qPrintable(QStringLiteral("skipped: Podman may not run containers here: ") + QString::fromUtf8(first.error.right(300))));
        const QString socket = path("engine.sock");
        m_service.setStandardErrorFile(path("service.log"));
        m_service.setStandardOutputFile(path("service.out"));
        m_service.start(QStringLiteral("podman"), {QStringLiteral("--root"), path("storage"), QStringLiteral("--runroot"), path("runroot"), QStringLiteral("--storage-driver"), QStringLiteral("vfs"), QStringLiteral("--runtime"), runtime(), QStringLiteral("system"), QStringLiteral("service"),
                                                   QStringLiteral("--time"), QStringLiteral("0"), QStringLiteral("unix://") + socket});
        QVERIFY(m_service.waitForStarted());
        QTRY_VERIFY_WITH_TIMEOUT(QFile::exists(socket), 30000);
        qputenv("CONTAINER_HOST", "unix://" + socket.toUtf8());

        QVERIFY(writeFileAtomically(path("pilothouse.yaml"), "workspace: c\nrole: approver\nconnections: {local: {kind: local, root: " + path("root").toUtf8() + "}}\nmodels:\n  web:\n    registry: {connection: local, name: web}\n    deployment: {connection: local, target: container/web, image: \"localhost/web:{version}\"}\n    endpoint: {url: \"http://127.0.0.1:" +
                                                                 QByteArray::number(m_port) + "/predict\"}\n"));
        fleet::ServiceOptions options;
        options.workspaceFile = path("pilothouse.yaml");
        options.secrets = secrets::environmentStore();
        const auto services = fleet::openServices(options);
        QVERIFY2(services, services ? "" : qPrintable(services.error().text()));
        m_services = *services;
        for (int i = 1; i <= 5; ++i) {
            test::TinyModel model;
            model.a = i;
            const QString package = path("package") + QString::number(i);
            QVERIFY(test::writeTinyPackage(package, model));
            QVERIFY(m_services->registry->registerVersion(QStringLiteral("web"), package, QStringLiteral("run"), QStringLiteral("ada")));
        }
        const auto target = m_services->rolloutTarget(m_services->workspace.models.front());
        QVERIFY2(target, target ? "" : qPrintable(target.error().text()));
        m_target = *target;
        QTRY_COMPARE_WITH_TIMEOUT(served(), QByteArray("1"), 30000);
    }
    void cleanupTestCase() {
        qunsetenv("CONTAINER_HOST"); // with it podman would ask the service
        podman({QStringLiteral("rm"), QStringLiteral("-f"), QStringLiteral("-t"), QStringLiteral("0"), QStringLiteral("-a")});
        m_service.terminate();
        if (m_service.state() != QProcess::NotRunning && !m_service.waitForFinished(10000))
            m_service.kill();
        m_service.waitForFinished(5000);
        KubeServer::run(QStringLiteral("rm"), {QStringLiteral("-rf"), path("storage"), path("runroot")}, {}, 60000); // its layers are read-only
    }

    void theContainerThatRunsIsAVersion() {
        const auto status = m_target->status();
        QVERIFY2(status, status ? "" : qPrintable(status.error().text()));
        QCOMPARE(status->phase, cluster::RolloutPhase::Stable);
        QCOMPARE(status->stable->version, 1); // by its image: it was made by hand
        QCOMPARE(status->stable->revision, 1);
    }
    void aVersionTakesItsPlace() {
        const auto rolled = roll(2);
        QVERIFY2(rolled, rolled ? "" : qPrintable(rolled.error().text() + rolled.error().raw));
        QCOMPARE(served(), QByteArray("2"));
        const auto status = m_target->status();
        QVERIFY(status);
        QCOMPARE(status->stable->version, 2);
        QCOMPARE(status->stable->revision, 2);
        QCOMPARE(status->operation, QStringLiteral("p-1"));
        const QJsonObject config = inspected("web").value(Q("Config")).toObject();
        const QJsonArray variables = config.value(Q("Env")).toArray();
        QVERIFY2(variables.contains(QJsonValue(Q("KEPT=this one"))), qPrintable(QString::fromUtf8(compactJson(config))));
        QVERIFY(variables.contains(QJsonValue(Q("BUILT_FOR=2"))) && !variables.contains(QJsonValue(Q("BUILT_FOR=1")))); // the image's own comes with the image
        QCOMPARE(config.value(Q("Labels")).toObject().value(Q("team")).toString(), QStringLiteral("ml"));
        QVERIFY(!inspected("web-r1").isEmpty());
        QVERIFY(!inspected("web-r1").value(Q("State")).toObject().value(Q("Running")).toBool());
        QVERIFY(roll(2)); // it runs already
        QCOMPARE(m_target->history()->size(), std::size_t(2));
    }
    void oneThatIsNotHealthyIsTakenBack_data() {
        QTest::addColumn<int>("version");
        QTest::addColumn<QString>("said");
        QTest::newRow("it answers /health with 404") << 3 << QStringLiteral("not healthy within");
        QTest::newRow("it ends at once") << 4 << QStringLiteral("exit code 1");
    }
    void oneThatIsNotHealthyIsTakenBack() {
        QFETCH(int, version);
        QFETCH(QString, said);
        const auto engine = cluster::ContainerEngine::find();
        QVERIFY(engine);
        cluster::ContainerTargetOptions options{*engine, QStringLiteral("web"), QStringLiteral("container/web"), QStringLiteral("web"), QStringLiteral("ada"), {}, {}, {}};
        options.imageOf = [](const cluster::Revision &revision) -> Result<QString> { return QStringLiteral("localhost/web:%1").arg(revision.version); };
        options.healthy = [this]() -> Result<void> {
            net::Request request;
            request.url = QStringLiteral("http://127.0.0.1:%1/health").arg(m_port);
            const auto reply = m_services->http->send(request);
            return !reply ? Result<void>(reply.error()) : reply->status == 200 ? Result<void>() : Result<void>(net::statusError(request, *reply));
        };
        options.healthSeconds = 5;
        cluster::Revision revision;
        revision.version = version;
        const auto rolled = cluster::containerTarget(options)->start(revision, {}, {100}, {});
        QVERIFY(!rolled);
        QCOMPARE(rolled.error().kind, ErrorKind::Refused);
        QVERIFY2(rolled.error().what.contains(said) && rolled.error().what.contains(Q("localhost/web:2 runs again")), qPrintable(rolled.error().text()));
        QTRY_COMPARE_WITH_TIMEOUT(served(), QByteArray("2"), 10000);
        QCOMPARE(inspected("web-failed").value(Q("Config")).toObject().value(Q("Image")).toString(), QStringLiteral("localhost/web:%1").arg(version)); // kept for a look
        QCOMPARE(m_target->status()->stable->revision, 2);
    }
    void anImageThatIsNowhereChangesNothing() {
        const auto rolled = roll(5);
        QVERIFY(!rolled);
        QVERIFY2(rolled.error().text().contains(Q("localhost/web:5")), qPrintable(rolled.error().text()));
        QCOMPARE(served(), QByteArray("2"));
    }
    void theEarlierOneComesBack() {
        const auto back = m_target->undo(0);
        QVERIFY2(back, back ? "" : qPrintable(back.error().text() + back.error().raw));
        QCOMPARE(served(), QByteArray("1"));
        QCOMPARE(m_target->status()->stable->revision, 1);
        QVERIFY(m_target->undo(2)); // and forth
        QCOMPARE(served(), QByteArray("2"));
        QCOMPARE(m_target->undo(7).error().kind, ErrorKind::NotFound);
    }
    void aSwapThatWasCutOffIsPutRight() {
        const auto engine = cluster::ContainerEngine::find();
        QVERIFY(engine && engine->stop(QStringLiteral("web"), 0));
        QVERIFY(engine->rename(QStringLiteral("web"), QStringLiteral("web-r2")));
        const auto status = m_target->status();
        QVERIFY2(status && status->phase == cluster::RolloutPhase::Unreachable && status->verdict.contains(Q("cut off")), status ? qPrintable(status->verdict) : qPrintable(status.error().text()));
        const auto back = m_target->abort(QStringLiteral("the program was killed"));
        QVERIFY2(back, back ? "" : qPrintable(back.error().text()));
        QTRY_COMPARE_WITH_TIMEOUT(served(), QByteArray("2"), 10000);
    }
    /// The program was killed after the new one had the name and before it was started: what has never run, and nobody has seen healthy, is not started.
    void oneThatHasTheNameAndNeverRanIsTakenAway() {
        const auto engine = cluster::ContainerEngine::find();
        QVERIFY(engine);
        const QJsonObject now = inspected("web");
        const auto made = engine->create(QStringLiteral("web-next"), cluster::containerLike(now, {}, QStringLiteral("localhost/web:4"), {{QStringLiteral("pilothouse.revision"), QStringLiteral("9")}}));
        QVERIFY2(made, made ? "" : qPrintable(made.error().text()));
        QVERIFY(engine->stop(QStringLiteral("web"), 0));
        QVERIFY(engine->rename(QStringLiteral("web"), QStringLiteral("web-r2")));
        QVERIFY(engine->rename(QStringLiteral("web-next"), QStringLiteral("web")));
        const auto status = m_target->status();
        QVERIFY2(status && status->phase == cluster::RolloutPhase::Unreachable && status->verdict.contains(Q("cut off")), status ? qPrintable(status->verdict) : qPrintable(status.error().text()));
        const auto back = m_target->undo(0);
        QVERIFY2(back, back ? "" : qPrintable(back.error().text()));
        QTRY_COMPARE_WITH_TIMEOUT(served(), QByteArray("2"), 10000);
        QCOMPARE(inspected("web").value(Q("Id")), now.value(Q("Id")));
    }
    void withoutAnEngineItIsSaid() {
        const QByteArray host = qgetenv("CONTAINER_HOST");
        qputenv("CONTAINER_HOST", "unix://" + path("none.sock").toUtf8());
        const auto target = m_services->rolloutTarget(m_services->workspace.models.front());
        QVERIFY(target);
        QCOMPARE((*target)->status().error().kind, ErrorKind::Unreachable);
        qputenv("CONTAINER_HOST", "tcp://127.0.0.1:1");
        QCOMPARE(m_services->rolloutTarget(m_services->workspace.models.front()).error().kind, ErrorKind::Invalid);
        qputenv("CONTAINER_HOST", host);
    }
};

QTEST_GUILESS_MAIN(TestContainerTarget)
#include "tst_container_target.moc"
