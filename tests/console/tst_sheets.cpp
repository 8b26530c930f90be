// SPDX-License-Identifier: GPL-3.0-or-later
// Every sheet in both themes over the smallest window: no text is cut without "…", no button is partly outside, nothing is over its neighbour, the keyboard is in it, Esc closes it. A sheet that
// is added and not shown here fails the last test. With PILOTHOUSE_PICTURES_TO=DIR the grabs are kept, to be looked at beside the boards.
#include "app/console/key_sheet.h"
#include "app/console/template_sheet.h"
#include "tests/support/estate_window.h"
#include "tests/support/layout_flaws.h"
#include "tests/support/own_home.h"
#include "tests/support/sample_snapshot.h"
#include "widgets/base/button.h"
#include "widgets/base/card.h"
#include "widgets/base/confirm.h"
#include "widgets/base/field.h"
#include "widgets/base/panel.h"
#include "widgets/base/toast.h"
#include "widgets/cluster/apply_sheet.h"
#include "widgets/cluster/commit_sheet.h"
#include "widgets/cluster/forwards_sheet.h"
#include "widgets/cluster/terminal_sheet.h"
#include "widgets/cluster/workload_sheet.h"
#include "widgets/pipelines/evidence_sheet.h"
#include "widgets/pipelines/gate_card.h"
#include "widgets/pipelines/schedules_sheet.h"
#include "widgets/pipelines/start_sheet.h"
#include "widgets/registry/model_file_sheet.h"
#include "widgets/registry/register_sheet.h"
#include "widgets/fleet/silence_sheet.h"
#include "widgets/registry/report_period.h"
#include "widgets/fleet/policy_sheet.h"
#include "widgets/serving/endpoint_sheet.h"
#include "widgets/workspace/cluster_sheet.h"
#include "widgets/workspace/secrets_sheet.h"
#include "widgets/workspace/sign_in_sheet.h"

#include <QDirIterator>
#include <QLabel>
#include <QLineEdit>
#include <QPointer>
#include <QRegularExpression>

#include <set>

using namespace pilothouse;
using Q = QLatin1String;

namespace {

constexpr int slow = 60000; // a loaded machine; conditions end the wait, never time
const QSize smallest(1024, 640);
const char models[] = "\n  iris:\n    registry: {connection: local, name: iris, champion: champion}\n    endpoint: {connection: local}\n";

rollouts::ApplyPlan applyPlan() {
    const auto object = [](const cluster::KubeKind &kind, const char *name, rollouts::AppliedObject::Change change, const QStringList &diff) {
        rollouts::AppliedObject o;
        o.ref = {kind, QStringLiteral("ml"), Q(name)};
        o.place = QStringLiteral("api.yml:1");
        o.change = change;
        o.diff = diff;
        return o;
    };
    using Change = rollouts::AppliedObject::Change;
    rollouts::ApplyPlan plan;
    plan.set = plan.folder = QStringLiteral("deploy/overlays/production/weather");
    plan.commit = QStringLiteral("3f1c2ab000000000000000000000000000000000");
    plan.objects = {object(cluster::kinds::Deployment, "api", Change::Change, {QStringLiteral(" spec:"), QStringLiteral("-  image: o/api:v2"), QStringLiteral("+  image: o/api:v1")}), object(cluster::kinds::Service, "api", Change::Create, {QStringLiteral("+kind: Service")})};
    plan.images = {{QStringLiteral("api.yml:6"), QStringLiteral("Deployment api"), QStringLiteral("app"), QStringLiteral("o/api:v0"), QStringLiteral("o/api:v1")}};
    plan.warnings = {QStringLiteral("Deployment api: the files have v1, the cluster runs v2, which is newer.")};
    return plan;
}

ui::ClusterCalls clusterCalls(QThreadPool &pool) {
    ui::ClusterCalls calls;
    calls.pool = &pool;
    calls.program = []() -> Result<std::optional<fleet::ClusterProgram>> { return std::optional(fleet::ClusterProgram{QStringLiteral("aws"), QStringLiteral("eks get-token --cluster-name production"), {QStringLiteral("AWS_PROFILE")}, QStringLiteral("/mnt/team.yaml"), QStringLiteral("production"), {}, {}, true, QStringLiteral("digest")}); };
    calls.rights = [](const QStringList &, bool, std::stop_token) -> Result<fleet::ClusterRights> {
        fleet::ClusterRights rights;
        rights.who = QStringLiteral("ann (ops)");
        rights.spaces = {QStringLiteral("ml"), QStringLiteral("weather")};
        for (const QString &space : rights.spaces)
            rights.verdicts.push_back({{{QStringLiteral("list"), cluster::kinds::Pod, {}, space, {}}, true, {}}, {{QStringLiteral("patch"), cluster::kinds::Deployment, {}, space, {}}, space == Q("ml"), {}}});
        return rights;
    };
    calls.trust = [](const QString &) -> Result<QString> { return QString(); };
    return calls;
}

ui::SecretCalls secretCalls(QThreadPool &pool) {
    ui::SecretCalls calls;
    calls.pool = &pool;
    calls.sources = {{fleet::SecretSource::Keychain, {}}, {fleet::SecretSource::Vault, QStringLiteral("vault")}};
    calls.list = [](const fleet::SecretSource &, const QString &, std::stop_token) -> Result<std::vector<fleet::SecretLine>> {
        std::vector<fleet::SecretLine> lines(2);
        lines[0].name = lines[0].title = QStringLiteral("mlflow-token");
        lines[0].usedBy = {QStringLiteral("connection team")};
        lines[0].keys = {QStringLiteral("value")};
        lines[1].name = lines[1].title = QStringLiteral("slack");
        lines[1].problem = Error{ErrorKind::NotFound, QStringLiteral("The keychain holds no secret “slack”."), {}, QStringLiteral("Store it."), {}};
        return lines;
    };
    calls.facts = [](const QString &name, std::stop_token) -> Result<fleet::SecretFacts> {
        fleet::SecretFacts facts;
        facts.name = name;
        facts.keys = {QStringLiteral("value")};
        facts.created = testing::sampleNow().addDays(-3);
        return facts;
    };
    calls.reveal = [](const QString &, std::stop_token) -> Result<QMap<QString, QString>> { return QMap<QString, QString>(); };
    return calls;
}

ui::SignInCalls signInCalls(QThreadPool &pool) {
    ui::SignInCalls calls;
    calls.pool = &pool;
    calls.secret = QStringLiteral("azureml-sign-in");
    calls.begin = []() -> Result<net::DeviceCode> { return net::DeviceCode{QStringLiteral("HXQ7-9KLM"), QStringLiteral("https://microsoft.com/devicelogin"), QStringLiteral("d"), 5, QDateTime::currentDateTimeUtc().addSecs(900)}; };
    calls.finish = [](const net::DeviceCode &, std::stop_token) -> Result<QString> { return Error{ErrorKind::Cancelled, QStringLiteral("stopped"), {}, {}, {}}; };
    return calls;
}

} // namespace

class TestSheets : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void initTestCase() {
        QLocale::setDefault(QLocale::c());
        m_estate = std::make_unique<testing::EstateWindow>("approver", models);
        QVERIFY2(m_estate->problem().isEmpty(), qPrintable(m_estate->problem()));
        m_estate->open(smallest);
        QTRY_VERIFY_WITH_TIMEOUT(m_estate->window->fleet(), slow);
        for (const char *panel : {"rollouts", "models", "pipelines"}) // they give the catalogue the commands that stand in their sheets
            m_estate->window->open(Q(panel), Q(panel) == Q("models") ? QStringLiteral("run/") : QString());
        m_context.fleet = m_estate->window->fleet();
        m_context.actions = &m_estate->window->actions();
        m_context.theme = m_estate->theme.get();
        m_context.toasts = &m_estate->window->toasts();
        m_context.open = [](const QString &, const QString &) {};
        m_context.now = [] { return testing::sampleNow(); };
        m_state = std::make_shared<fleet::PipelinesState>();
        const auto known = m_estate->pipelines()->pipelines();
        const auto planned = m_estate->pipelines()->schedules();
        QVERIFY(known && planned && !known->empty() && !planned->empty());
        m_state->pipelines = *known;
        m_state->schedules = *planned;
        for (const char *connection : {"jenkins", "kubeflow"}) {
            fleet::SystemSight sight;
            sight.connection = Q(connection);
            sight.can.createSchedules = Q(connection) == Q("kubeflow");
            m_state->systems.push_back(sight);
        }
    }
    void cleanupTestCase() { m_estate.reset(); }

    void everySheetFits_data() {
        QTest::addColumn<QString>("sheet");
        QTest::addColumn<bool>("dark");
        for (const char *name : {"start", "start-choices", "schedules", "evidence", "sign-in", "secrets", "cluster", "template", "apply", "commit", "workload-image", "workload-environment", "workload-resources", "register", "model-file", "report-period", "silence",
                                 "endpoint", "policy", "confirm", "details", "keys", "forwards", "terminal"})
            for (const bool dark : {true, false})
                QTest::addRow("%s, %s", name, dark ? "dark" : "light") << QString(Q(name)) << dark;
    }
    void everySheetFits() {
        QFETCH(QString, sheet);
        QFETCH(bool, dark);
        m_estate->theme->apply(dark ? ui::SchemeChoice::Dark : ui::SchemeChoice::Light);
        const std::unique_ptr<QWidget, void (*)(QWidget *)> closing(open(sheet), [](QWidget *w) { delete w; });
        QPointer<QWidget> shown = closing.get();
        QVERIFY2(shown && shown->isVisible(), qPrintable(sheet));
        m_shown.insert(shown->metaObject()->className());
        QTRY_VERIFY_WITH_TIMEOUT(ready(shown), slow);
        settle();
        const QImage image = shown->grab().toImage();
        keep(image, sheet, dark);
        QVERIFY2(shown->width() <= smallest.width() && shown->height() <= smallest.height(), qPrintable(QStringLiteral("%1×%2").arg(shown->width()).arg(shown->height())));
        const QStringList flaws = testing::layoutFlaws(shown);
        QVERIFY2(flaws.isEmpty(), qPrintable(flaws.join(QLatin1Char('\n'))));
        QCOMPARE(image.pixelColor(3, 3).lightness() < 128, dark);
        if (sheet != Q("forwards") && sheet != Q("terminal")) { // windows of their own: Esc belongs to what is in them
            QVERIFY2(shown->focusWidget(), "the keyboard is nowhere in it");
            QTest::keyClick(shown->focusWidget(), Qt::Key_Escape);
            QVERIFY(!shown || !shown->isVisible());
        }
    }

    /// The gate's form stands in its panel, at the smallest size, with its two verbs in sight.
    void theGateFits_data() {
        QTest::addColumn<bool>("dark");
        QTest::newRow("dark") << true;
        QTest::newRow("light") << false;
    }
    void theGateFits() {
        QFETCH(bool, dark);
        m_estate->theme->apply(dark ? ui::SchemeChoice::Dark : ui::SchemeChoice::Light);
        if (m_run.isEmpty())
            m_run = m_estate->begun(QStringLiteral("jenkins:iris-pipeline"), {{Q("N_ESTIMATORS"), QStringLiteral("120")}}, pipelines::State::Paused);
        QVERIFY(!m_run.isEmpty());
        console::MainWindow &window = *m_estate->window;
        window.open(QStringLiteral("pipelines"), m_run);
        auto *card = window.findChild<ui::GateCard *>();
        QTRY_VERIFY_WITH_TIMEOUT(card->isVisible() && card->gate() && card->gate()->run == m_run, slow);
        settle();
        QCOMPARE(window.size(), smallest);
        keep(window.grab().toImage(), QStringLiteral("gate"), dark);
        QStringList flaws = testing::layoutFlaws(window.panel(QStringLiteral("pipelines")));
        QVERIFY2(flaws.isEmpty(), qPrintable(flaws.join(QLatin1Char('\n'))));
        for (const char *verb : {"gateProceed", "gateAbort"}) {
            const auto *button = card->findChild<ui::Button *>(Q(verb));
            QVERIFY2(button->isVisible() && testing::shownPart(button, &window).size() == button->size(), verb);
        }
        for (int i = 0; i < 3; ++i)
            window.toasts().showError({ErrorKind::Unreachable, QStringLiteral("The server does not answer."), QStringLiteral("jenkins"), QStringLiteral("Nothing was sent. Try again when it is there."), {}});
        settle();
        keep(window.grab().toImage(), QStringLiteral("gate-toasts"), dark);
        for (const char *verb : {"gateProceed", "gateAbort"}) {
            const auto *button = card->findChild<ui::Button *>(Q(verb));
            QVERIFY2(!window.toasts().geometry().intersects(QRect(button->mapTo(&window, QPoint()), button->size())), verb);
            QCOMPARE(window.childAt(button->mapTo(&window, button->rect().center())), static_cast<const QWidget *>(button)); // a click reaches it
        }
        window.toasts().dismissAll();
    }

    /// A new sheet belongs to the list above: its class is looked up in the sources.
    void noSheetIsLeftOut() {
        if (m_shown.empty())
            QSKIP("no sheet was shown before");
        static const QRegularExpression declares(QStringLiteral("^class (\\w+Sheet) : public Q(Dialog|Widget)"), QRegularExpression::MultilineOption);
        int found = 0;
        for (const char *folder : {"/widgets", "/app/console"}) {
            QDirIterator files(QStringLiteral(PILOTHOUSE_SOURCE_DIR) + Q(folder), {QStringLiteral("*.h")}, QDir::Files, QDirIterator::Subdirectories);
            while (files.hasNext()) {
                const auto text = readFile(files.next());
                QVERIFY(text.has_value());
                for (auto all = declares.globalMatch(QString::fromUtf8(*text)); all.hasNext();) {
                    const QByteArray name = all.next().captured(1).toLatin1();
                    if (name == "PromotionSheet") // a page of the Models panel: tst_pictures, tst_screens
                        continue;
                    ++found;
                    QVERIFY2(m_shown.count("pilothouse::ui::" + name) || m_shown.count("pilothouse::console::" + name), name.constData());
                }
            }
        }
        QVERIFY(found > 14);
    }

private:
    QWidget *open(const QString &sheet) {
        console::MainWindow *window = m_estate->window.get();
        QThreadPool &pool = m_estate->pools->waiting;
        ui::PanelContext bare = m_context; // nothing is asked
        bare.fleet = nullptr;
        const auto opened = [](QDialog *dialog) {
            dialog->setAttribute(Qt::WA_DeleteOnClose, false); // it goes with the row
            dialog->open();
            return dialog;
        };
        if (sheet == Q("start"))
            return opened(new ui::StartSheet(m_context, window, m_state->pipelines, QStringLiteral("jenkins:iris-pipeline"), {}));
        if (sheet == Q("start-choices"))
            return opened(new ui::StartSheet(m_context, window, m_state->pipelines, QStringLiteral("github:train_model.yml"), {}));
        if (sheet == Q("schedules"))
            return opened(new ui::SchedulesSheet(m_context, window, m_state));
        if (sheet == Q("evidence")) {
            for (const promotion::Request &request : testing::sampleSnapshot().promotions)
                if (request.evidence.rows > 0) {
                    ui::openEvidenceSheet(m_context, window, request.evidence, QStringLiteral("Asked at the gate “Promote the model to Production?” of jenkins:weather/weather-software/main#57"));
                    auto *dialog = window->findChild<QDialog *>(QStringLiteral("evidenceSheet"));
                    dialog->setAttribute(Qt::WA_DeleteOnClose, false);
                    return dialog;
                }
            return nullptr;
        }
        if (sheet == Q("sign-in"))
            return opened(new ui::SignInSheet(QStringLiteral("azureml"), signInCalls(pool), window));
        if (sheet == Q("secrets"))
            return opened(new ui::SecretsSheet(m_context, secretCalls(pool), window));
        if (sheet == Q("cluster"))
            return opened(new ui::ClusterSheet(QStringLiteral("production"), clusterCalls(pool), window));
        if (sheet == Q("template")) {
            auto *dialog = new console::TemplateSheet(console::templateCallsOf(pool), window);
            dialog->choose(QStringLiteral("iris-jenkins"));
            return opened(dialog);
        }
        if (sheet == Q("apply")) {
            auto *dialog = new ui::ApplySheet(m_context, {}, window);
            opened(dialog);
            dialog->showPlan(applyPlan());
            return dialog;
        }
        if (sheet == Q("commit")) {
            auto *dialog = new ui::CommitSheet(m_context, QStringLiteral("c|ml|deployment/api"), window);
            opened(dialog);
            const cluster::Manager manager{cluster::Manager::Tool::ArgoCd, QStringLiteral("shop"), {}, true, {}};
            const cluster::FollowedFolder follows{QStringLiteral("https://github.com/acme/deployments.git"), QStringLiteral("main"), QStringLiteral("k8s"), false};
            dialog->showSubject({QStringLiteral("c"), QStringLiteral("ml"), QStringLiteral("Deployment"), QStringLiteral("api"), manager, {{QStringLiteral("app"), QStringLiteral("o/api:v1")}, {QStringLiteral("side"), QStringLiteral("o/side:v1")}}, 2, follows, QStringLiteral("manifests")});
            dialog->findChild<QLineEdit *>(QStringLiteral("commitVariables"))->setText(QStringLiteral("MODE=fast"));
            rollouts::GitOpsChange change;
            change.file = QStringLiteral("k8s/api.yml");
            change.branch = QStringLiteral("pilothouse/api-env-MODE");
            change.into = QStringLiteral("main");
            change.page = QStringLiteral("https://github.com/acme/deployments/compare/main...pilothouse/api-env-MODE?expand=1");
            change.diff = {QStringLiteral(" env:"), QStringLiteral("+        - name: MODE"), QStringLiteral("+          value: fast")};
            dialog->showPlan(change);
            return dialog;
        }
        if (sheet.startsWith(Q("workload-"))) {
            const ui::WorkloadAsk ask{sheet == Q("workload-image") ? ui::WorkloadAsk::Image : sheet == Q("workload-environment") ? ui::WorkloadAsk::Environment : ui::WorkloadAsk::Resources, {QStringLiteral("lab"), {cluster::kinds::Deployment, QStringLiteral("ml"), QStringLiteral("weather-api")}}, 0};
            const QJsonObject container{{Q("name"), Q("app")}, {Q("image"), Q("registry.example/weather/api:v1")}, {Q("env"), QJsonArray{QJsonObject{{Q("name"), Q("MODE")}, {Q("value"), Q("fast")}}}}};
            return opened(new ui::WorkloadSheet(m_context, ask, {{Q("spec"), QJsonObject{{Q("replicas"), 2}, {Q("template"), QJsonObject{{Q("spec"), QJsonObject{{Q("containers"), QJsonArray{container}}}}}}}}}, window));
        }
        if (sheet == Q("register")) {
            registry::Run run;
            run.id = QStringLiteral("0a1b2c3d4e5f60718293a4b5c6d7e8f9");
            run.name = QStringLiteral("crawling-hound-172");
            run.experiment = QStringLiteral("iris");
            auto *dialog = new ui::RegisterSheet(bare, QStringLiteral("local"), run, window);
            opened(dialog);
            dialog->showModels({{QStringLiteral("model"), QStringLiteral("mlflow-artifacts:/1/aa/artifacts/model"), QString(64, QLatin1Char('d')), {}}, {QStringLiteral("forest"), QStringLiteral("mlflow-artifacts:/1/models/m-1/artifacts"), {}, QStringLiteral("m-1")}});
            return dialog;
        }
        if (sheet == Q("model-file")) {
            fleet::ModelFile file;
            file.file = file.pickle.file = QStringLiteral("/srv/models/weather/support vector machine.joblib");
            file.pickle.sha256 = QString(64, QLatin1Char('a'));
            file.pickle.bytes = 12'000;
            file.pickle.opcodes = 900;
            file.pickle.names = QStringList{QStringLiteral("numpy.ndarray"), QStringLiteral("sklearn.svm._classes.SVC")};
            file.pickle.packages = QStringList{QStringLiteral("numpy"), QStringLiteral("sklearn")};
            file.pickle.dangerous = QStringList{QStringLiteral("posix.system")};
            auto *dialog = new ui::ModelFileSheet(bare, file.file, workspace::Role::Operator, window);
            opened(dialog);
            dialog->showFile(file);
            return dialog;
        }
        if (sheet == Q("report-period"))
            return opened(new ui::ReportPeriodSheet(QStringLiteral("Evidence report of weather-ws2m"), testing::sampleNow(), [](const QDateTime &, const QDateTime &) {}, window));
        if (sheet == Q("silence"))
            return opened(new ui::SilenceSheet(QStringLiteral("t2m-mae"), testing::sampleNow(), [](const QDateTime &, const QString &) {}, window));
        if (sheet == Q("endpoint"))
            return opened(new ui::EndpointSheet(m_context, QStringLiteral("iris"), 0, window));
        if (sheet == Q("policy"))
            return opened(new ui::PolicySheet(m_context, QStringLiteral("iris"), window));
        if (sheet == Q("confirm")) {
            ui::Danger danger;
            danger.verb = QStringLiteral("Abort canary");
            danger.effect = QStringLiteral("All traffic of weather-t2m returns to version 34, and the alias with it.");
            danger.undo = QStringLiteral("Promote the version again to come back.");
            danger.typedName = QStringLiteral("weather-t2m");
            danger.wantsComment = true;
            return opened(new ui::ConfirmSheet(QStringLiteral("Abort canary?"), danger, [](const QString &) {}, window));
        }
        if (sheet == Q("details"))
            return opened(new ui::DetailsSheet(QStringLiteral("The server refused the host name"), QString(900, QLatin1Char('x')), window));
        if (sheet == Q("keys"))
            return opened(new console::KeySheet(window->actions(), window->panels(), window));
        if (sheet == Q("forwards")) {
            auto *list = new ui::ForwardsSheet(ui::ForwardList::of(&window->actions(), *m_estate->pools), *m_estate->pools, m_context.fleet->services(), window);
            list->setAttribute(Qt::WA_DeleteOnClose, false);
            list->show();
            return list;
        }
        if (sheet == Q("terminal")) {
            auto *terminal = new ui::TerminalSheet(*m_estate->pools, m_context.fleet->services(), {QStringLiteral("lab"), QStringLiteral("ml"), QStringLiteral("weather-api-7c9d6f4b8-x2x4q"), {}, {}}, window);
            terminal->setAttribute(Qt::WA_DeleteOnClose, false);
            terminal->show();
            return terminal;
        }
        return nullptr;
    }
    /// What it asks on a pool is there.
    bool ready(QWidget *shown) const {
        if (const auto *start = qobject_cast<ui::StartSheet *>(shown); start && start->lacking().contains(Q("being read")))
            return false;
        if (const auto *code = shown->findChild<QLabel *>(QStringLiteral("signInCode")); code && code->text().isEmpty())
            return false;
        if (shown->objectName() == Q("secretsSheet") && !shown->findChild<ui::KeyValues *>()->isVisible())
            return false;
        return m_estate->pools->waiting.activeThreadCount() == 0 || !qobject_cast<QDialog *>(shown);
    }
    static void settle() {
        for (int i = 0; i < 5; ++i) {
            QCoreApplication::sendPostedEvents();
            QCoreApplication::processEvents();
        }
    }
    static void keep(const QImage &image, const QString &name, bool dark) {
        const QString folder = qEnvironmentVariable("PILOTHOUSE_PICTURES_TO");
        if (folder.isEmpty())
            return;
        QDir().mkpath(folder);
        QVERIFY(image.save(QStringLiteral("%1/sheet-%2-%3.png").arg(folder, name, dark ? QStringLiteral("dark") : QStringLiteral("light"))));
    }

    std::unique_ptr<testing::EstateWindow> m_estate;
    ui::PanelContext m_context;
    std::shared_ptr<fleet::PipelinesState> m_state;
    std::set<QByteArray> m_shown; ///< classes
    QString m_run;
};

int main(int argc, char **argv) { return runInOwnHome<TestSheets>(argc, argv); }
#include "tst_sheets.moc"
