// SPDX-License-Identifier: GPL-3.0-or-later
// The sheet of a cluster's connection: a foreign kubeconfig's program is read before it runs, and the cluster is asked nothing until then; rights by namespace.
#include "core/base/file.h"
#include "tests/support/own_home.h"
#include "widgets/base/button.h"
#include "widgets/base/card.h"
#include "widgets/base/table.h"
#include "widgets/workspace/cluster_sheet.h"

#include <QAbstractItemModelTester>
#include <QLineEdit>
#include <QTemporaryDir>
#include <QTest>

#include <atomic>

using namespace pilothouse;
using namespace pilothouse::ui;
using Q = QLatin1String;

namespace {

constexpr int slow = 20000; // a loaded CI machine; conditions end the wait, never time

/// As core answers: who may list pods everywhere and patch deployments in ml only.
Result<fleet::ClusterRights> rightsIn(QStringList spaces) {
    if (spaces.isEmpty())
        spaces << QStringLiteral("ml");
    fleet::ClusterRights out;
    out.who = QStringLiteral("ann (ops)");
    for (const QString &space : spaces)
        out.verdicts.push_back({{{QStringLiteral("list"), cluster::kinds::Pod, {}, space, {}}, true, {}}, {{QStringLiteral("patch"), cluster::kinds::Deployment, {}, space, {}}, space == Q("ml"), {}}});
    out.spaces = spaces;
    return out;
}

} // namespace

class TestClusterCredential : public QObject {
    Q_OBJECT

    struct Shown {
        Pools pools{1};
        Theme theme;
        QWidget window;
        std::atomic<bool> trusted = false, refuses = false;
        std::atomic<int> asked = 0, anew = 0;
        ClusterSheet *sheet;
        explicit Shown(bool foreign) {
            theme.apply(SchemeChoice::Dark);
            window.resize(1024, 640);
            window.show();
            ClusterCalls calls;
            calls.pool = &pools.waiting;
            calls.program = [this, foreign]() -> Result<std::optional<fleet::ClusterProgram>> {
                if (!foreign)
                    return std::optional<fleet::ClusterProgram>();
                return std::optional(fleet::ClusterProgram{QStringLiteral("aws"), QStringLiteral("eks get-token --cluster-name c"), {QStringLiteral("AWS_PROFILE")}, QStringLiteral("/mnt/team.yaml"), QStringLiteral("c"), {}, {}, trusted, QStringLiteral("digest-of-it")});
            };
            calls.rights = [this](const QStringList &spaces, bool again, std::stop_token) {
                ++asked;
                anew += again;
                return rightsIn(spaces);
            };
            calls.trust = [this](const QString &digest) -> Result<QString> {
                if (digest != QLatin1String("digest-of-it"))
                    return invalid(QStringLiteral("another program"));
                if (refuses)
                    return refused(QStringLiteral("Role viewer may not let a program run."), {}, {});
                trusted = true;
                return QStringLiteral("op-1");
            };
            sheet = new ClusterSheet(QStringLiteral("lab"), calls, &window);
            sheet->open();
        }
        ~Shown() {
            delete sheet;
            pools.waiting.waitForDone();
        }
        template<class T>
        T *find(const char *name) {
            T *found = sheet->findChild<T *>(Q(name));
            if (!found)
                qFatal("there is no %s in the sheet", name);
            return found;
        }
        QAbstractItemModel *rights() { return find<Table>("clusterRights")->model(); }
        QString facts() { return sheet->findChild<KeyValues *>()->text(); }
    };

private Q_SLOTS:
    void initTestCase() { QLocale::setDefault(QLocale::c()); }

    void aForeignProgramIsShownAndRunsOnlyWhenItIsLetTo() {
        Shown s(true);
        auto *trust = s.find<Button>("clusterTrust");
        QTRY_VERIFY_WITH_TIMEOUT(trust->isVisible(), slow);
        const QString facts = s.facts();
        for (const char *word : {"aws", "eks get-token --cluster-name c", "AWS_PROFILE", "/mnt/team.yaml"})
            QVERIFY2(facts.contains(Q(word)), qPrintable(facts));
        QCOMPARE(s.asked.load(), 0); // nobody was asked with its credential
        s.refuses = true;
        QTest::mouseClick(trust, Qt::LeftButton);
        QTRY_VERIFY_WITH_TIMEOUT(s.find<Label>("clusterTold")->text().contains(QStringLiteral("Role viewer")), slow);
        QVERIFY(trust->isVisible() && s.asked == 0);
        s.refuses = false;
        QTRY_VERIFY_WITH_TIMEOUT(trust->isEnabled(), slow);
        QTest::mouseClick(trust, Qt::LeftButton);
        QTRY_COMPARE_WITH_TIMEOUT(s.rights()->rowCount(), 2, slow);
        QVERIFY(!trust->isVisible());
    }

    void rightsStandByNamespaceWithTheMissingVerb() {
        Shown s(false);
        QTRY_COMPARE_WITH_TIMEOUT(s.rights()->rowCount(), 2, slow);
        const QAbstractItemModelTester tester(s.rights(), QAbstractItemModelTester::FailureReportingMode::QtTest);
        QVERIFY(!s.find<Button>("clusterTrust")->isVisible());
        s.find<QLineEdit>("clusterSpaces")->setText(QStringLiteral("ml prod"));
        QTest::keyClick(s.find<QLineEdit>("clusterSpaces"), Qt::Key_Return);
        QTRY_COMPARE_WITH_TIMEOUT(s.rights()->columnCount(), 4, slow);
        QCOMPARE(s.rights()->headerData(3, Qt::Horizontal, Qt::DisplayRole).toString(), QStringLiteral("prod"));
        QCOMPARE(s.rights()->index(1, 2).data().toString(), QStringLiteral("yes"));
        QCOMPARE(s.rights()->index(1, 3).data().toString(), QStringLiteral("no"));
        const QString why = s.rights()->index(1, 3).data(Qt::ToolTipRole).toString();
        QVERIFY2(why.contains(QStringLiteral("ann")) && why.contains(QStringLiteral("needs the verb patch on deployments")), qPrintable(why));
        QTest::mouseClick(s.find<Button>("clusterAsk"), Qt::LeftButton);
        QTRY_COMPARE_WITH_TIMEOUT(s.anew.load(), 1, slow);
    }

    void theProgramOfAKubeconfigIsReadWithoutItsValues() {
        QTemporaryDir folder;
        const QString file = folder.filePath(QStringLiteral("team.yaml"));
        QVERIFY(writeFileAtomically(file, "apiVersion: v1\nkind: Config\ncurrent-context: c\nclusters: [{name: c, cluster: {server: 'https://127.0.0.1:1'}}]\ncontexts: [{name: c, context: {cluster: c, user: u}}]\n"
                                          "users: [{name: u, user: {exec: {apiVersion: client.authentication.k8s.io/v1, command: giver, args: [--for, me], env: [{name: KEY_OF_IT, value: not-to-be-shown}], interactiveMode: Never}}}]\n"));
        workspace::Workspace workspace;
        workspace::Connection c;
        c.name = QStringLiteral("lab");
        c.kind = QStringLiteral("kubernetes");
        c.other.insert(QStringLiteral("kubeconfig"), file);
        workspace.connections.insert(c.name, c);
        const auto program = fleet::clusterProgram(workspace, c.name, folder.path());
        QVERIFY2(program && *program, program ? "no program" : qPrintable(program.error().text()));
        QVERIFY((*program)->command.endsWith(Q("giver")) && (*program)->arguments == Q("--for me"));
        QCOMPARE((*program)->environment, QStringList{QStringLiteral("KEY_OF_IT")});
        QVERIFY(!(*program)->trusted);
        QCOMPARE(fleet::clusterProgram(workspace, QStringLiteral("none"), folder.path()).error().kind, ErrorKind::NotFound);
    }
};

int main(int argc, char **argv) { return runInOwnHome<TestClusterCredential>(argc, argv); }
#include "tst_cluster_credential.moc"
