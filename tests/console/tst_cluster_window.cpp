// SPDX-License-Identifier: GPL-3.0-or-later
// The real window on a real Kubernetes: a Deployment is found in the list, given an image, watched to its end, given one that cannot be pulled, undone in the middle, scaled and taken back
// from the notice, paused and taken back from the journal; what one may not do says which verb is missing. What became of it is asked of the API server by kubectl.
#include "app/console/main_window.h"
#include "core/base/child_process.h"
#include "core/base/file.h"
#include "tests/support/kube_server.h"
#include "tests/support/own_home.h"
#include "widgets/base/button.h"
#include "widgets/base/panel.h"
#include "widgets/base/plan_view.h"
#include "widgets/base/table.h"
#include "widgets/base/toast.h"
#include "widgets/cluster/pod_grid.h"
#include "widgets/cluster/resource_charts.h"
#include "widgets/cluster/template_diff_view.h"
#include "widgets/cluster/workload_charts.h"

#include <QAbstractButton>
#include <QLabel>
#include <QLineEdit>
#include <QTemporaryDir>
#include <QTest>

using namespace pilothouse;
using namespace pilothouse::console;
using Q = QLatin1String;

namespace {

constexpr int slow = 90000; // a loaded CI machine; conditions end the wait, never time
const QString web = QStringLiteral("lab|deployment|ml|web");

QByteArray manifest(const char *kind, const QByteArray &name, int replicas) {
    return "apiVersion: apps/v1\nkind: " + QByteArray(kind) + "\nmetadata: {name: " + name + ", namespace: ml}\nspec:\n  replicas: " + QByteArray::number(replicas) + "\n  selector: {matchLabels: {app: " + name +
           "}}\n  template:\n    metadata: {labels: {app: " + name +
           "}}\n    spec: {containers: [{name: api, image: \"registry.example/team/api:1\", resources: {requests: {cpu: 100m, memory: 64Mi}, limits: {memory: 128Mi}}}]}\n---\n";
}

} // namespace

class tst_ClusterWindow : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void initTestCase() {
        if (pilotProgram().isEmpty())
            QSKIP("pilot was not built");
        if (const QString why = support::KubeServer::missing(); !why.isEmpty())
            QSKIP(qPrintable(why));
        QString why;
        QVERIFY2(m_server.start(&why), qPrintable(why));
        const auto applied = m_server.kubectl({Q("apply"), Q("-f"), Q("-")}, manifest("Deployment", "web", 3) + manifest("StatefulSet", "store", 1) + manifest("Deployment", "idle", 0));
        QVERIFY2(applied.code == 0, applied.error.constData());
        m_workspace = m_folder.filePath(QStringLiteral("pilothouse.yaml"));
        QVERIFY(writeFileAtomically(m_workspace, "workspace: cluster\nrole: operator\nconnections:\n  local: {kind: local, root: state}\n  lab: {kind: kubernetes, guard: typed-name, kubeconfig: " + m_server.operatorConfig().toUtf8() +
                                                     ", namespace: ml}\n  seen: {kind: kubernetes, kubeconfig: " + m_server.viewerConfig().toUtf8() +
                                                     ", namespace: ml}\n  gone: {kind: kubernetes, url: \"https://127.0.0.1:1\", insecure: true}\nmodels: {}\n"));
        m_pools = std::make_unique<Pools>(1);
        m_theme = std::make_unique<ui::Theme>();
        WindowOptions options;
        options.workspace = m_workspace;
        options.preferencesFile = m_folder.filePath(QStringLiteral("preferences.json"));
        options.sessionFile = m_folder.filePath(QStringLiteral("session.json"));
        options.remember = options.desktop = false;
        m_window = std::make_unique<MainWindow>(*m_pools, *m_theme, options);
        m_window->actions().setAsk([this](const ui::Danger &danger, const ui::ActionSpec &, std::function<void(const QString &)> go) {
            m_typed << danger.typedName;
            go({});
        });
        m_window->resize(1440, 900);
        m_window->show();
        m_window->start();
        QTRY_VERIFY_WITH_TIMEOUT(m_window->fleet(), slow);
    }
    void cleanupTestCase() {
        m_window.reset();
        m_pools.reset();
    }

    void theWorkloadsOfAllClustersStandInTheList() {
        m_window->open(QStringLiteral("rollouts"));
        QTRY_COMPARE_WITH_TIMEOUT(lineOf(web, ui::RightRole), QStringLiteral("3/3"), slow);
        QTRY_COMPARE_WITH_TIMEOUT(lineOf(QStringLiteral("lab|statefulset|ml|store"), ui::RightRole), QStringLiteral("sts 1/1"), slow);
        QTRY_COMPARE_WITH_TIMEOUT(lineOf(QStringLiteral("seen|deployment|ml|web"), ui::RightRole), QStringLiteral("3/3"), slow);
        QTRY_VERIFY_WITH_TIMEOUT(!lineOf(QStringLiteral("cluster|gone"), ui::SecondRole).isEmpty(), slow); // why it is not reached
        QVERIFY(lineOf(QStringLiteral("cluster|lab"), Qt::DisplayRole).isEmpty());
    }

    void theFilterFindsAndTheChosenStays() {
        choose(web);
        QTest::keyClick(m_window.get(), Qt::Key_Slash);
        auto *filter = find<QLineEdit>("workloadFilter");
        filter->setText(QStringLiteral("store"));
        QTRY_VERIFY_WITH_TIMEOUT(lineOf(web, Qt::DisplayRole).isEmpty(), slow);
        QCOMPARE(find<ui::TemplateDiffView>("revisionDiff")->isVisible(), true); // its page stays
        QVERIFY(find<QLabel>("workloadVerdict")->text().contains(QStringLiteral("\"web\"")));
        filter->clear();
        QTRY_COMPARE_WITH_TIMEOUT(find<ui::List>("workloadList")->currentId(), web, slow);
    }

    /// What it answered in the last hour, or its resources of a week: one at a time, chosen by key.
    void theChartsAreChosenByKey() {
        choose(web);
        auto *kind = find<ui::SegmentedControl>("workloadChartKind");
        auto *answers = find<ui::WorkloadCharts>("workloadCharts");
        auto *resources = find<ui::ResourceCharts>("resourceCharts");
        QVERIFY(kind->isVisible() && answers->isVisible() && !resources->isVisible());
        kind->setFocus();
        QTest::keyClick(kind, Qt::Key_Right);
        QVERIFY(!answers->isVisible() && resources->isVisible());
        QTRY_VERIFY_WITH_TIMEOUT(find<QLabel>("noResources")->isVisible(), slow);
        QVERIFY2(find<QLabel>("noResources")->text().contains(QStringLiteral("kind: prometheus")), qPrintable(find<QLabel>("noResources")->text()));
        for (const QSize size : {QSize(1024, 640), QSize(1440, 900)}) {
            m_window->resize(size);
            QCoreApplication::processEvents();
            const QString folder = qEnvironmentVariable("PILOTHOUSE_PICTURES_TO");
            const QImage image = m_window->grab().toImage();
            QVERIFY(!image.isNull());
            if (!folder.isEmpty())
                QVERIFY(image.save(QStringLiteral("%1/workload-resources-%2.png").arg(folder).arg(size.width())));
        }
        QTest::keyClick(kind, Qt::Key_Left);
        QVERIFY(answers->isVisible() && !resources->isVisible());
    }

    /// A change there would be put back: the commit is offered instead.
    void whatArgoCdKeepsIsOfferedAsACommit() {
        choose(web);
        QVERIFY(find<QLabel>("workloadManaged")->isHidden() && find<QAbstractButton>("rollouts.commit")->isHidden());
        kubectl(QStringLiteral("annotate statefulset/store -n ml argocd.argoproj.io/tracking-id=shop:apps/StatefulSet:ml/store"));
        m_window->open(QStringLiteral("rollouts"), QStringLiteral("lab|statefulset|ml|store"));
        QTRY_VERIFY_WITH_TIMEOUT(find<QLabel>("workloadManaged")->text().contains(QStringLiteral("Argo CD")), slow);
        QTest::mouseClick(find<QAbstractButton>("rollouts.commit"), Qt::LeftButton);
        auto *sheet = find<QDialog>("commitSheet");
        QVERIFY(sheet->isVisible());
        sheet->close();
        choose(web);
        QVERIFY(find<QLabel>("workloadManaged")->isHidden());
    }

    void anImageIsSetAndWatchedToItsEnd() {
        choose(web);
        QTRY_VERIFY_WITH_TIMEOUT(verdict() == Q("deployment \"web\" successfully rolled out"), slow);
        QTRY_COMPARE_WITH_TIMEOUT(find<ui::Table>("podTable")->model()->rowCount(), 3, slow);
        QDialog *sheet = ask("workload.image");
        auto *image = sheet->findChild<QLineEdit *>(QStringLiteral("workloadImage"));
        QCOMPARE(image->text(), QStringLiteral("registry.example/team/api:1"));
        image->setText(QStringLiteral("registry.example/team/api:2"));
        QTRY_COMPARE_WITH_TIMEOUT(sheet->findChild<ui::TemplateDiffView *>()->diff().changes, 1, slow);
        QCOMPARE(sheet->findChild<ui::PlanView *>()->plan().size(), 1u);
        QCOMPARE(imageThere(), QByteArray("registry.example/team/api:1")); // a plan changes nothing
        m_typed.clear();
        press(sheet);
        QCOMPARE(m_typed, QStringList{QStringLiteral("lab")}); // the connection is guarded
        QTRY_COMPARE_WITH_TIMEOUT(imageThere(), QByteArray("registry.example/team/api:2"), slow);
        QTRY_COMPARE_WITH_TIMEOUT(find<ui::Table>("workloadRevisions")->model()->rowCount(), 2, slow);
        QTRY_VERIFY_WITH_TIMEOUT(verdict() == Q("deployment \"web\" successfully rolled out"), slow);
        QCOMPARE(verdict().toUtf8(), kubectl(QStringLiteral("rollout status deployment/web -n ml")).split('\n').last());
        QTRY_VERIFY_WITH_TIMEOUT(podsOf(2) == 3 && podsOf(1) == 0, slow);
        QVERIFY(find<ui::Table>("kubeEvents")->model()->rowCount() > 0);
        find<ui::Table>("workloadRevisions")->choose(QStringLiteral("2"));
        QCOMPARE(find<ui::TemplateDiffView>("revisionDiff")->diff().changes, 1);
    }

    void oneThatCannotBePulledIsUndoneInTheMiddle() {
        choose(web);
        QDialog *sheet = ask("workload.image");
        sheet->findChild<QLineEdit *>(QStringLiteral("workloadImage"))->setText(QStringLiteral("registry.example/team/api:missing"));
        press(sheet);
        QTRY_VERIFY_WITH_TIMEOUT(podReason().contains(QStringLiteral("ImagePull")), slow);
        QTRY_VERIFY2_WITH_TIMEOUT(verdict().startsWith(QStringLiteral("Waiting for deployment \"web\" rollout to finish")), qPrintable(verdict()), slow); // first its controller has to see the new image
        QCOMPARE(imageThere(), QByteArray("registry.example/team/api:missing"));
        QTRY_VERIFY_WITH_TIMEOUT(m_window->actions().blocked(QStringLiteral("workload.undo")).isEmpty(), slow);
        find<ui::Table>("workloadRevisions")->choose(QStringLiteral("2"));
        QDialog *undo = nullptr;
        QTest::mouseClick(find<QAbstractButton>("workload.undo"), Qt::LeftButton);
        QTRY_VERIFY_WITH_TIMEOUT((undo = m_window->findChild<QDialog *>(QStringLiteral("workloadSheet"))) && undo->isVisible(), slow);
        QVERIFY(undo->windowTitle().contains(QStringLiteral("revision 2")));
        press(undo);
        QTRY_COMPARE_WITH_TIMEOUT(imageThere(), QByteArray("registry.example/team/api:2"), slow);
        QTRY_VERIFY_WITH_TIMEOUT(verdict() == Q("deployment \"web\" successfully rolled out"), slow);
        QCOMPARE(kubectl(QStringLiteral("get deployment/web -n ml -o jsonpath={.metadata.annotations.deployment\\.kubernetes\\.io/revision}")), QByteArray("4"));
        QTRY_COMPARE_WITH_TIMEOUT(podsOf(4), 3, slow);
    }

    void aScaleIsTakenBackFromItsNotice() {
        choose(web);
        QDialog *sheet = ask("workload.scale");
        sheet->findChild<QLineEdit *>(QStringLiteral("workloadReplicas"))->setText(QStringLiteral("5"));
        press(sheet);
        QTRY_COMPARE_WITH_TIMEOUT(kubectl(QStringLiteral("get deployment/web -n ml -o jsonpath={.spec.replicas}")), QByteArray("5"), slow);
        QTRY_COMPARE_WITH_TIMEOUT(lineOf(web, ui::RightRole), QStringLiteral("5/5"), slow);
        QTRY_VERIFY_WITH_TIMEOUT(!m_window->findChild<QDialog *>(QStringLiteral("workloadSheet")), slow);
        QVERIFY(m_window->toasts().undoLast());
        QTRY_COMPARE_WITH_TIMEOUT(kubectl(QStringLiteral("get deployment/web -n ml -o jsonpath={.spec.replicas}")), QByteArray("3"), slow);
        QTRY_COMPARE_WITH_TIMEOUT(lineOf(web, ui::RightRole), QStringLiteral("3/3"), slow);
    }

    void aPauseIsTakenBackFromTheJournal() {
        choose(web);
        press(ask("workload.pause"));
        QTRY_COMPARE_WITH_TIMEOUT(kubectl(QStringLiteral("get deployment/web -n ml -o jsonpath={.spec.paused}")), QByteArray("true"), slow);
        QTRY_COMPARE_WITH_TIMEOUT(m_window->actions().blocked(QStringLiteral("workload.restart")).isEmpty(), false, slow);
        QString operation;
        QTRY_VERIFY_WITH_TIMEOUT(!(operation = lastOperation("workload-pause", "done")).isEmpty(), slow);
        m_window->open(QStringLiteral("journal"));
        QTRY_VERIFY_WITH_TIMEOUT(m_window->actions().blocked(QStringLiteral("journal.undo"), operation).isEmpty(), slow);
        m_window->actions().trigger(QStringLiteral("journal.undo"), operation);
        QTRY_COMPARE_WITH_TIMEOUT(kubectl(QStringLiteral("get deployment/web -n ml -o jsonpath={.spec.paused}")), QByteArray(), slow);
    }

    void whatOneMayNotDoNamesTheVerb() {
        choose(QStringLiteral("seen|deployment|ml|web"));
        QTRY_VERIFY_WITH_TIMEOUT(m_window->actions().blocked(QStringLiteral("workload.image")).contains(QStringLiteral("needs the verb patch on deployments")), slow);
        QVERIFY(m_window->actions().blocked(QStringLiteral("workload.scale")).contains(QStringLiteral("deployments/scale")));
        QVERIFY(!find<QAbstractButton>("workload.image")->isEnabled());
    }

    void aDeletedOneIsGoneAndChoosesNoOther() {
        choose(QStringLiteral("lab|deployment|ml|idle"));
        QVERIFY(m_server.kubectl({Q("delete"), Q("deployment"), Q("idle"), Q("-n"), Q("ml")}).code == 0);
        QTRY_VERIFY_WITH_TIMEOUT(lineOf(QStringLiteral("lab|deployment|ml|idle"), Qt::DisplayRole).isEmpty(), slow);
        QTRY_VERIFY_WITH_TIMEOUT(!m_window->actions().blocked(QStringLiteral("workload.image")).isEmpty(), slow);
        QVERIFY(find<ui::List>("workloadList")->currentId().isEmpty());
    }

    void theJournalHasEachStep() {
        const auto times = [this](const char *line) {
            return int(lines().count(Q(line)));
        };
        QTRY_COMPARE_WITH_TIMEOUT(times("workload-resume/done"), 1, slow);
        for (const auto &[line, wanted] : {std::pair("workload-image/done", 2), std::pair("workload-undo/done", 1), std::pair("workload-scale/done", 2), std::pair("workload-pause/done", 1)})
            QVERIFY2(times(line) == wanted, qPrintable(QStringLiteral("%1: %2").arg(Q(line), lines().join(Q(" ")))));
        const auto check = m_window->fleet()->services()->journal->verify();
        QVERIFY(check.has_value());
        QVERIFY2(check->intact, qPrintable(check->finding));
    }

private:
    template<class T>
    T *find(const char *name) {
        T *found = m_window->findChild<T *>(Q(name));
        if (!found)
            qFatal("there is no %s in the window", name);
        return found;
    }
    QByteArray kubectl(const QString &line) { return m_server.kubectl(line.split(QLatin1Char(' '))).out.trimmed(); }
    QByteArray imageThere() { return kubectl(QStringLiteral("get deployment/web -n ml -o jsonpath={.spec.template.spec.containers[0].image}")); }
    QString verdict() { return find<QLabel>("workloadVerdict")->text(); }
    QString lineOf(const QString &id, int role) {
        const QAbstractItemModel *model = find<ui::List>("workloadList")->model();
        for (int i = 0; i < model->rowCount(); ++i)
            if (model->index(i, 0).data(ui::IdRole).toString() == id)
                return model->index(i, 0).data(role).toString();
        return {};
    }
    /// Chooses a workload and waits until it was read.
    void choose(const QString &id) {
        m_window->open(QStringLiteral("rollouts"), id);
        QTRY_VERIFY_WITH_TIMEOUT(!lineOf(id, Qt::DisplayRole).isEmpty(), slow);
        QTRY_VERIFY_WITH_TIMEOUT(verdict().contains(QLatin1Char('"') + id.section(QLatin1Char('|'), -1) + QLatin1Char('"')), slow);
    }
    QDialog *ask(const char *action) {
        [this, action] { QTRY_VERIFY_WITH_TIMEOUT(m_window->actions().blocked(Q(action)).isEmpty() && !m_window->findChild<QDialog *>(QStringLiteral("workloadSheet")), slow); }();
        m_window->actions().trigger(Q(action));
        return find<QDialog>("workloadSheet");
    }
    /// Runs what a sheet planned, when the plan stands.
    void press(QDialog *sheet) {
        auto *go = sheet->findChild<QAbstractButton *>(QStringLiteral("workloadGo"));
        const QString said = sheet->findChild<QLabel *>(QStringLiteral("workloadTold"))->text();
        QTRY_VERIFY2_WITH_TIMEOUT(go->isEnabled(), qPrintable(said), slow);
        QTest::mouseClick(go, Qt::LeftButton);
    }
    int podsOf(int revision) {
        const QAbstractItemModel *model = find<ui::Table>("podTable")->model();
        int count = 0;
        for (int i = 0; i < model->rowCount(); ++i)
            count += model->index(i, 8).data().toString() == QString::number(revision);
        return count;
    }
    QString podReason() {
        const QAbstractItemModel *model = find<ui::Table>("podTable")->model();
        QStringList words;
        for (int i = 0; i < model->rowCount(); ++i)
            words << model->index(i, 2).data().toString();
        return words.join(QLatin1Char(' '));
    }
    QStringList lines() const {
        QStringList out;
        for (const auto &entry : m_window->snapshot().journal)
            out << entry.kind + QLatin1Char('/') + entry.phase;
        return out;
    }
    QString lastOperation(const char *kind, const char *phase) const {
        for (const auto &entry : m_window->snapshot().journal)
            if (entry.kind == Q(kind) && entry.phase == Q(phase))
                return entry.operation;
        return {};
    }

    QTemporaryDir m_folder;
    support::KubeServer m_server;
    QString m_workspace;
    QStringList m_typed;
    std::unique_ptr<Pools> m_pools;
    std::unique_ptr<ui::Theme> m_theme;
    std::unique_ptr<MainWindow> m_window;
};

int main(int argc, char **argv) { return runInOwnHome<tst_ClusterWindow>(argc, argv); }
#include "tst_cluster_window.moc"
