// SPDX-License-Identifier: GPL-3.0-or-later
// Applying a folder and changing by a commit, in their sheets: what a plan shows, what is in the way, a commit of a real repository made and taken back, and a folder
// applied to a real API server, watched to its end and taken back. PILOTHOUSE_PICTURES_TO=DIR keeps pictures there.
#include "core/base/file.h"
#include "core/cluster/object_text.h"
#include "core/secrets/secret_store.h"
#include "tests/support/kube_server.h"
#include "tests/support/own_home.h"
#include "widgets/base/button.h"
#include "widgets/base/field.h"
#include "widgets/base/table.h"
#include "widgets/cluster/apply_model.h"
#include "widgets/cluster/apply_sheet.h"
#include "widgets/cluster/cluster_sheets.h"
#include "widgets/cluster/commit_sheet.h"
#include "widgets/cluster/diff_view.h"

#include <QAbstractItemModelTester>
#include <QLineEdit>
#include <QProcess>

using namespace pilothouse;
using namespace pilothouse::ui;
using Change = rollouts::AppliedObject::Change;

namespace {

constexpr int slow = 120000; // a loaded CI machine; conditions end the wait, never time

class HostPanel : public Panel {
public:
    HostPanel(const PanelContext &context, QWidget *window) : Panel(QStringLiteral("rollouts"), QStringLiteral("Rollouts"), context, window) { addClusterSheets(context, this); }
    void showSnapshot(const fleet::Snapshot &) override {}
};

/// A panel with the two commands; with a workspace they do what they say.
struct Desk {
    Theme theme;
    Pools pools{1};
    ActionCatalogue actions;
    std::unique_ptr<fleet::Fleet> fleet;
    QWidget window;
    std::unique_ptr<HostPanel> panel;

    explicit Desk(const QString &workspace = {}) {
        theme.apply(SchemeChoice::Dark);
        if (!workspace.isEmpty()) {
            auto services = fleet::openServices({workspace, secrets::memoryStore(), {}, QStringLiteral("test")});
            if (!services)
                qFatal("%s", qPrintable(services.error().text()));
            fleet = std::make_unique<fleet::Fleet>(*services, pools);
        }
        PanelContext context;
        context.actions = &actions;
        context.theme = &theme;
        context.fleet = fleet.get();
        panel = std::make_unique<HostPanel>(context, &window);
        window.resize(1000, 700);
        window.show();
    }
    ~Desk() {
        panel.reset();
        pools.waiting.waitForDone();
    }
    template<class T>
    T *find(const char *name) const {
        T *found = panel->findChild<T *>(QLatin1String(name));
        if (!found)
            qFatal("there is no %s", name);
        return found;
    }
    QString told(const char *name) const { return find<QLabel>(name)->text(); }
    void picture(QWidget *widget, const char *name) const {
        QApplication::processEvents(); // laid out
        if (const QString folder = qEnvironmentVariable("PILOTHOUSE_PICTURES_TO"); !folder.isEmpty())
            widget->grab().save(folder + QLatin1Char('/') + QLatin1String(name) + QStringLiteral(".png"));
    }
};

rollouts::AppliedObject object(const cluster::KubeKind &kind, const char *name, Change change, const QStringList &diff = {}) {
    rollouts::AppliedObject o;
    o.ref = {kind, QStringLiteral("ml"), QLatin1String(name)};
    o.place = QStringLiteral("api.yml:1");
    o.change = change;
    o.diff = diff;
    return o;
}

rollouts::ApplyPlan samplePlan() {
    rollouts::ApplyPlan plan;
    plan.set = plan.folder = QStringLiteral("k8s");
    plan.commit = QStringLiteral("3f1c2ab000000000000000000000000000000000");
    plan.objects = {object(cluster::kinds::ConfigMap, "settings", Change::Unchanged), object(cluster::kinds::Deployment, "api", Change::Change, {QStringLiteral(" spec:"), QStringLiteral("-  image: o/api:v2"), QStringLiteral("+  image: o/api:v1")}),
                    object(cluster::kinds::Service, "api", Change::Create, {QStringLiteral("+kind: Service")})};
    plan.images = {{QStringLiteral("api.yml:6"), QStringLiteral("Deployment api"), QStringLiteral("app"), QStringLiteral("o/api:v0"), QStringLiteral("o/api:v1")}};
    plan.warnings = {QStringLiteral("Deployment api: the files have v1, the cluster runs v2, which is newer.")};
    return plan;
}

QByteArray deployment(const QByteArray &tag, int replicas = 2) {
    return "apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: api, namespace: ml}\nspec:\n  replicas: " + QByteArray::number(replicas) +
           "\n  selector: {matchLabels: {app: api}}\n  template:\n    metadata: {labels: {app: api}}\n    spec:\n      containers:\n      - name: app\n        image: o/api:" + tag + " # the tag of the build\n";
}

QByteArray git(const QString &folder, const QStringList &words) {
    QProcess p;
    p.setWorkingDirectory(folder);
    p.start(QStringLiteral("git"), QStringList{QStringLiteral("-c"), QStringLiteral("user.name=t"), QStringLiteral("-c"), QStringLiteral("user.email=t@t"), QStringLiteral("-c"), QStringLiteral("init.defaultBranch=main")} + words);
    p.waitForFinished();
    return p.readAllStandardOutput().trimmed();
}

} // namespace

class TestClusterSheets : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void initTestCase() {
        QLocale::setDefault(QLocale::c());
        qputenv("PILOTHOUSE_SECRET_JOURNAL_KEY_SHEETS", "a key for this test");
    }

    void thePlanOfAnApply() {
        Desk desk;
        desk.actions.trigger(QStringLiteral("rollouts.apply"));
        auto *sheet = desk.find<ApplySheet>("applySheet");
        QVERIFY(sheet->isVisible());
        QCOMPARE(sheet->shown(), ScreenState::Empty);
        QVERIFY(!desk.find<Button>("applyButton")->isEnabled());
        desk.find<QLineEdit>("applyFolder")->setText(QStringLiteral("k8s"));
        desk.find<QLineEdit>("applyImages")->setText(QStringLiteral("api=v1, side={commit}"));
        QCOMPARE(sheet->wish().images, QStringList({QStringLiteral("api=v1"), QStringLiteral("side={commit}")}));
        sheet->showPlan(samplePlan());
        QCOMPARE(sheet->shown(), ScreenState::Full);
        const auto *table = desk.find<Table>("applyTable");
        QAbstractItemModelTester tester(table->model(), QAbstractItemModelTester::FailureReportingMode::QtTest);
        QCOMPARE(table->model()->rowCount(), 3);
        QCOMPARE(table->model()->index(0, ApplyModel::Object).data().toString(), QStringLiteral("deployment/api in ml")); // what stays as it is comes last
        QCOMPARE(table->model()->index(2, ApplyModel::Change).data().toString(), QStringLiteral("unchanged"));
        QVERIFY(desk.find<DiffView>("applyDiff")->toPlainText().contains(QStringLiteral("+  image: o/api:v1")));
        QVERIFY(desk.told("applyWarnings").contains(QStringLiteral("which is newer")));
        QCOMPARE(desk.told("applyFilled"), QStringLiteral("image app of Deployment api (api.yml:6): o/api:v0 → o/api:v1"));
        QCOMPARE(desk.told("applyCounts"), QStringLiteral("1 to create, 1 to change, 0 to delete, 1 unchanged, as commit 3f1c2ab has them"));
        QVERIFY(sheet->lacking().isEmpty());
        QVERIFY(desk.find<Button>("applyButton")->isEnabled());
        QVERIFY(!desk.find<Button>("applyUndo")->isVisible());
        desk.picture(sheet, "apply-sheet");
        // What the server does not take stops it, with its reason.
        rollouts::ApplyPlan refused = samplePlan();
        refused.objects[1].problem = Error{ErrorKind::Refused, QStringLiteral("Fields of it are managed by others."), {}, {}, {}};
        refused.objects[1].conflicts = {{QStringLiteral(".spec.replicas"), QStringLiteral("kubectl")}};
        sheet->showPlan(refused);
        QVERIFY(sheet->lacking().contains(QStringLiteral("does not take")));
        QVERIFY(!desk.find<Button>("applyButton")->isEnabled());
        QCOMPARE(table->model()->index(0, ApplyModel::Object).data(SecondRole).toString(), QStringLiteral(".spec.replicas is managed by kubectl"));
        // Nothing to do is said; another wish needs another plan.
        rollouts::ApplyPlan same = samplePlan();
        same.objects.resize(1);
        sheet->showPlan(same);
        QVERIFY(sheet->lacking().contains(QStringLiteral("as the folder has it")));
        desk.find<CheckBox>("applyPrune")->setChecked(true);
        QCOMPARE(sheet->shown(), ScreenState::Empty);
        QVERIFY(sheet->wish().prune);
        sheet->showFailure(Error{ErrorKind::Unreachable, QStringLiteral("The cluster does not answer."), {}, {}, {}});
        QCOMPARE(sheet->shown(), ScreenState::Failed);
    }

    void whoKeepsAnObjectIsSaid() {
        Desk desk;
        QVERIFY(!desk.actions.blocked(QStringLiteral("rollouts.commit"), QStringLiteral("api")).isEmpty());
        desk.actions.trigger(QStringLiteral("rollouts.commit"), QStringLiteral("c|ml|deployment/api"));
        auto *sheet = desk.find<CommitSheet>("commitSheet");
        QVERIFY(sheet->isVisible());
        cluster::Manager manager{cluster::Manager::Tool::ArgoCd, QStringLiteral("shop"), {}, true, {}};
        sheet->showSubject({QStringLiteral("c"), QStringLiteral("ml"), QStringLiteral("Deployment"), QStringLiteral("api"), manager, {{QStringLiteral("app"), QStringLiteral("o/api:v1")}, {QStringLiteral("side"), QStringLiteral("o/side:v1")}}, 2, {}, {}});
        QCOMPARE(desk.told("commitManager"), QStringLiteral("Managed by Argo CD (shop): a change of the cluster would be undone. This makes it a commit."));
        QCOMPARE(desk.find<Choice>("commitContainer")->count(), 2);
        QCOMPARE(desk.find<QLineEdit>("commitImage")->placeholderText(), QStringLiteral("o/api:v1"));
        QCOMPARE(sheet->lacking(), QStringLiteral("Name the repository first."));
        cluster::FollowedFolder follows{QStringLiteral("https://github.com/o/r.git"), QStringLiteral("main"), QStringLiteral("k8s"), false};
        sheet->showSubject({QStringLiteral("c"), QStringLiteral("ml"), QStringLiteral("Deployment"), QStringLiteral("api"), manager, {{QStringLiteral("app"), QStringLiteral("o/api:v1")}, {QStringLiteral("side"), QStringLiteral("o/side:v1")}}, 2, follows, QStringLiteral("manifests")});
        QVERIFY(desk.told("commitManager").endsWith(QStringLiteral("It follows https://github.com/o/r.git at main, folder k8s.")));
        QCOMPARE(desk.find<QLineEdit>("commitRepository")->text(), QStringLiteral("manifests"));
        QCOMPARE(desk.find<QLineEdit>("commitFolder")->text(), QStringLiteral("k8s"));
        desk.find<QLineEdit>("commitRepository")->setText(QStringLiteral("/srv/r"));
        QCOMPARE(sheet->lacking(), QStringLiteral("Say what is to change first."));
        desk.find<QLineEdit>("commitVariables")->setText(QStringLiteral("MODE"));
        QVERIFY(sheet->lacking().contains(QStringLiteral("sets no variable")));
        desk.find<QLineEdit>("commitVariables")->setText(QStringLiteral("MODE=fast"));
        QCOMPARE(sheet->lacking(), QStringLiteral("See first what would change."));
        rollouts::GitOpsChange change;
        change.file = QStringLiteral("k8s/api.yml");
        change.branch = QStringLiteral("pilothouse/api-env-MODE");
        change.into = QStringLiteral("main");
        change.page = QStringLiteral("https://github.com/o/r/compare/main...pilothouse/api-env-MODE?expand=1");
        change.diff = {QStringLiteral("+        - name: MODE")};
        sheet->showPlan(change);
        QVERIFY(sheet->lacking().isEmpty());
        QVERIFY(desk.find<DiffView>("commitDiff")->toPlainText().contains(QStringLiteral("MODE")));
        QVERIFY2(desk.find<KeyValues>("commitFacts")->text().contains(change.page), qPrintable(desk.find<KeyValues>("commitFacts")->text()));
        desk.picture(sheet, "commit-sheet");
        desk.find<QLineEdit>("commitImage")->setText(QStringLiteral("o/api:v2"));
        QCOMPARE(sheet->shown(), ScreenState::Empty);
    }

    void aCommitIsMadeAndTakenBack() {
        QTemporaryDir dir;
        const QString origin = dir.filePath(QStringLiteral("origin")), clone = dir.filePath(QStringLiteral("clone"));
        QDir().mkpath(origin);
        git(origin, {QStringLiteral("init"), QStringLiteral("--bare")});
        git(dir.path(), {QStringLiteral("clone"), origin, clone});
        QDir().mkpath(clone + QStringLiteral("/k8s"));
        QVERIFY(writeFileAtomically(clone + QStringLiteral("/k8s/api.yml"), deployment("v1")));
        for (const QStringList &words : {QStringList{QStringLiteral("checkout"), QStringLiteral("-b"), QStringLiteral("main")}, QStringList{QStringLiteral("add"), QStringLiteral(".")}, QStringList{QStringLiteral("commit"), QStringLiteral("-m"), QStringLiteral("first")},
                                         QStringList{QStringLiteral("push"), QStringLiteral("-u"), QStringLiteral("origin"), QStringLiteral("main")}})
            git(clone, words);
        const QString file = dir.filePath(QStringLiteral("pilothouse.yaml"));
        QVERIFY(writeFileAtomically(file, "workspace: sheets\nconnections:\n  local: {kind: local, root: data}\n"));
        Desk desk(file);
        desk.actions.trigger(QStringLiteral("rollouts.commit"), QStringLiteral("|ml|deployment/api"));
        auto *sheet = desk.find<CommitSheet>("commitSheet");
        QTRY_VERIFY_WITH_TIMEOUT(desk.told("commitManager").startsWith(QStringLiteral("The cluster does not say")), slow); // there is none here
        desk.find<QLineEdit>("commitRepository")->setText(clone + QStringLiteral("/k8s"));
        desk.find<QLineEdit>("commitImage")->setText(QStringLiteral("o/api:v2"));
        QTest::mouseClick(desk.find<Button>("commitPlan"), Qt::LeftButton);
        QTRY_COMPARE_WITH_TIMEOUT(sheet->shown(), ScreenState::Full, slow);
        QVERIFY(desk.find<DiffView>("commitDiff")->toPlainText().contains(QStringLiteral("+        image: o/api:v2 # the tag of the build")));
        QTest::mouseClick(desk.find<Button>("commitButton"), Qt::LeftButton);
        QTRY_VERIFY_WITH_TIMEOUT(!sheet->undoable().isEmpty(), slow);
        QVERIFY2(desk.told("commitTold").contains(QStringLiteral("merge it there")), qPrintable(desk.told("commitTold")));
        const QString shown = QStringLiteral("pilothouse/api-api-v2:k8s/api.yml");
        QVERIFY(git(origin, {QStringLiteral("show"), shown}).contains("o/api:v2 # the tag"));
        QVERIFY(git(origin, {QStringLiteral("show"), QStringLiteral("main:k8s/api.yml")}).contains("o/api:v1"));
        QTest::mouseClick(desk.find<Button>("commitUndo"), Qt::LeftButton);
        QTRY_VERIFY_WITH_TIMEOUT(desk.told("commitTold").startsWith(QStringLiteral("Taken back")), slow);
        QVERIFY(git(origin, {QStringLiteral("show"), shown}).contains("o/api:v1 # the tag"));
        QVERIFY(sheet->undoable().isEmpty());
    }

    void aFolderIsAppliedWatchedAndTakenBack() {
        support::KubeServer server;
        QString why;
        if (!server.start(&why))
            QSKIP(qPrintable(why));
        QTemporaryDir dir;
        QDir().mkpath(dir.filePath(QStringLiteral("k8s")));
        QVERIFY(writeFileAtomically(dir.filePath(QStringLiteral("k8s/api.yml")), deployment("v0")));
        const QString file = dir.filePath(QStringLiteral("pilothouse.yaml"));
        QVERIFY(writeFileAtomically(file, "workspace: sheets\nconnections:\n  local: {kind: local, root: data}\n  cluster: {kind: kubernetes, kubeconfig: " + server.adminConfig().toUtf8() + ", namespace: ml}\n"));
        server.kubectl({QStringLiteral("create"), QStringLiteral("namespace"), QStringLiteral("ml")}); // it may be there
        Desk desk(file);
        const auto image = [&] { return server.kubectl({QStringLiteral("-n"), QStringLiteral("ml"), QStringLiteral("get"), QStringLiteral("deployment/api"), QStringLiteral("--ignore-not-found"), QStringLiteral("-o"), QStringLiteral("jsonpath={.spec.template.spec.containers[0].image}")}).out; };
        desk.actions.trigger(QStringLiteral("rollouts.apply"), QStringLiteral("cluster"));
        auto *sheet = desk.find<ApplySheet>("applySheet");
        QCOMPARE(sheet->wish().connection, QStringLiteral("cluster"));
        desk.find<QLineEdit>("applyImages")->setText(QStringLiteral("o/api=v1"));
        sheet->setFolder(dir.filePath(QStringLiteral("k8s")));
        QTRY_COMPARE_WITH_TIMEOUT(sheet->shown(), ScreenState::Full, slow);
        QVERIFY(desk.told("applyFilled").contains(QStringLiteral("o/api:v0 → o/api:v1")));
        QVERIFY(desk.told("applyCounts").startsWith(QStringLiteral("1 to create")));
        QVERIFY(image().isEmpty()); // a dry run
        QTest::mouseClick(desk.find<Button>("applyButton"), Qt::LeftButton);
        QTRY_VERIFY_WITH_TIMEOUT(!sheet->undoable().isEmpty(), slow);
        QVERIFY2(desk.told("applyTold").contains(QStringLiteral("successfully rolled out")), qPrintable(desk.told("applyTold")));
        QCOMPARE(image(), QByteArray("o/api:v1"));
        desk.picture(sheet, "apply-sheet-done");
        // Older than what runs: it is warned of; undo brings back what was there.
        desk.find<QLineEdit>("applyImages")->setText(QStringLiteral("o/api=v2"));
        sheet->plan();
        QTRY_COMPARE_WITH_TIMEOUT(sheet->shown(), ScreenState::Full, slow);
        QTest::mouseClick(desk.find<Button>("applyButton"), Qt::LeftButton);
        QTRY_VERIFY_WITH_TIMEOUT(!sheet->undoable().isEmpty(), slow);
        QCOMPARE(image(), QByteArray("o/api:v2"));
        QTest::mouseClick(desk.find<Button>("applyUndo"), Qt::LeftButton);
        QTRY_VERIFY_WITH_TIMEOUT(desk.told("applyTold").startsWith(QStringLiteral("Taken back")), slow);
        QCOMPARE(image(), QByteArray("o/api:v1"));
        desk.find<QLineEdit>("applyImages")->setText(QString());
        sheet->plan();
        QTRY_COMPARE_WITH_TIMEOUT(sheet->shown(), ScreenState::Full, slow);
        QVERIFY2(desk.told("applyWarnings").contains(QStringLiteral("v0")), qPrintable(desk.told("applyWarnings")));
        // Somebody was quicker: what was planned is not sent over it.
        server.kubectl({QStringLiteral("-n"), QStringLiteral("ml"), QStringLiteral("scale"), QStringLiteral("deployment/api"), QStringLiteral("--replicas=3")});
        QTest::mouseClick(desk.find<Button>("applyButton"), Qt::LeftButton);
        QTRY_VERIFY_WITH_TIMEOUT(desk.told("applyTold").contains(QStringLiteral("no longer what it was")), slow);
        QVERIFY(sheet->undoable().isEmpty());
        QCOMPARE(image(), QByteArray("o/api:v1"));
    }
};

int main(int argc, char **argv) { return runInOwnHome<TestClusterSheets>(argc, argv); }
#include "tst_cluster_sheets.moc"
