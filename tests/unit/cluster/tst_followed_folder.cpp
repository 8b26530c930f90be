// SPDX-License-Identifier: GPL-3.0-or-later
// Where a GitOps controller has its manifests from: Applications of Argo CD, Kustomizations of Flux.
#include "core/cluster/followed_folder.h"

#include <QJsonDocument>
#include <QTest>

using namespace pilothouse;
using namespace pilothouse::cluster;

namespace {

QJsonObject object(const QByteArray &text) { return QJsonDocument::fromJson(QByteArray(text).replace('\'', '"')).object(); }
QString textOf(const std::optional<FollowedFolder> &found) { return found ? found->text() + (found->chart ? QStringLiteral(" (chart)") : QString()) : QStringLiteral("none"); }

} // namespace

class TestFollowedFolder : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void argo_data() {
        QTest::addColumn<QByteArray>("spec");
        QTest::addColumn<QString>("text");
        QTest::newRow("one source") << QByteArray("{'source':{'repoURL':'https://github.com/o/r.git','path':'./k8s/','targetRevision':'main'}}") << QStringLiteral("https://github.com/o/r.git at main, folder k8s");
        QTest::newRow("the whole repository") << QByteArray("{'source':{'repoURL':'git@host:o/r.git','path':'.','targetRevision':'HEAD'}}") << QStringLiteral("git@host:o/r.git at HEAD");
        QTest::newRow("a chart in Git") << QByteArray("{'source':{'repoURL':'https://host/o/r','path':'chart','helm':{'valueFiles':['v.yaml']}}}") << QStringLiteral("https://host/o/r, folder chart (chart)");
        QTest::newRow("a chart of a registry") << QByteArray("{'source':{'repoURL':'https://charts.example','chart':'web','targetRevision':'1.2'}}") << QStringLiteral("none");
        QTest::newRow("several sources") << QByteArray("{'sources':[{'repoURL':'https://charts.example','chart':'web'},{'repoURL':'https://host/values','ref':'values'},{'repoURL':'https://host/o/r','path':'k8s'}]}") << QStringLiteral("https://host/o/r, folder k8s");
        QTest::newRow("none") << QByteArray("{}") << QStringLiteral("none");
    }
    void argo() {
        QFETCH(QByteArray, spec);
        QFETCH(QString, text);
        QCOMPARE(textOf(followedByArgo({{QStringLiteral("spec"), object(spec)}})), text);
    }
    void flux() {
        const QJsonObject made = object("{'spec':{'path':'./clusters/prod','sourceRef':{'kind':'GitRepository','name':'r'}}}");
        QCOMPARE(textOf(followedByFlux(made, object("{'spec':{'url':'ssh://git@host/o/r','ref':{'branch':'prod'}}}"))), QStringLiteral("ssh://git@host/o/r at prod, folder clusters/prod"));
        QCOMPARE(textOf(followedByFlux(made, object("{'spec':{'url':'ssh://git@host/o/r'}}"))), QStringLiteral("ssh://git@host/o/r at master, folder clusters/prod"));
        QCOMPARE(textOf(followedByFlux(made, {})), QStringLiteral("none"));
    }
};

QTEST_GUILESS_MAIN(TestFollowedFolder)
#include "tst_followed_folder.moc"
