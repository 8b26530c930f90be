// SPDX-License-Identifier: GPL-3.0-or-later
// What starts by itself, in the real window on the estate: schedules of Jenkins, Kubeflow, Azure ML and this machine in one table with their next fire, switched, made, refused with the reason, removed;
// one that did not fire and a run that takes longer than it may stand in the inbox with what helps. With PILOTHOUSE_PICTURES_TO=DIR the grabs are kept.
#include "tests/support/estate_window.h"
#include "tests/support/own_home.h"
#include "widgets/base/button.h"
#include "widgets/base/card.h"
#include "widgets/base/field.h"
#include "widgets/base/panel.h"
#include "widgets/base/table.h"
#include "widgets/pipelines/next_runs_card.h"
#include "widgets/pipelines/run_list.h"
#include "widgets/pipelines/schedule_model.h"
#include "widgets/pipelines/schedules_sheet.h"
#include "widgets/pipelines/start_sheet.h"

#include <QLineEdit>
#include <QPointer>

using namespace pilothouse;
using Q = QLatin1String;

namespace {

constexpr int slow = 60000; // a loaded machine; conditions end the wait, never time
const QString experiment = QStringLiteral("kubeflow:IrisExp");
const char models[] = "\n  iris:\n    registry: {connection: local, name: iris, champion: champion}\n    recipe: iris.yaml\n    pipeline: {schedule: {every: 1d}}\n"
                      "  damage:\n    registry: {connection: local, name: damage, champion: champion}\n    pipeline: {connection: kubeflow, job: IrisExp, sla: 5min}\n";

} // namespace

class TestSchedulesSheet : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void initTestCase() {
        m_estate = std::make_unique<testing::EstateWindow>("operator", models);
        QVERIFY2(m_estate->problem().isEmpty(), qPrintable(m_estate->problem()));
        QVERIFY(writeFileAtomically(m_estate->inFolder(QStringLiteral("iris.yaml")), "recipe: iris\ndata: {source: data.csv}\ntask: regression\ntarget: y\nsplit: {every: 5}\nestimators:\n  - decision_tree: {max_depth: 3}\nselect: {metric: mae}\nseed: 7\n"));
        m_estate->open();
        QTRY_VERIFY_WITH_TIMEOUT(m_estate->window->fleet(), slow);
        m_estate->window->open(QStringLiteral("pipelines"));
        const auto systems = [this] {
            QStringList all;
            for (const auto &s : schedules())
                all << s.connection;
            return all;
        };
        for (const char *one : {"", "jenkins", "kubeflow", "azureml"})
            QTRY_VERIFY2_WITH_TIMEOUT(systems().contains(Q(one)), one, slow);
    }
    void cleanupTestCase() { m_estate.reset(); }

    void whatBeginsNextStandsInThePanel() {
        auto *card = panel()->findChild<ui::NextRunsCard *>();
        QTRY_VERIFY_WITH_TIMEOUT(card->isVisible() && text(card).contains(Q("IrisExp daily")), slow);
        QVERIFY2(text(card).contains(Q("weekly-training")) && text(card).contains(Q("switched off")), qPrintable(text(card)));
        QTest::mouseClick(card->findChild<ui::Button *>(QStringLiteral("allSchedules")), Qt::LeftButton);
        QTRY_VERIFY(sheet());
    }

    void allSystemsStandInOneTable() {
        open();
        const QString when = cellOf("IrisExp daily", ui::ScheduleModel::When);
        QVERIFY2(!when.isEmpty() && cellOf("IrisExp daily", ui::ScheduleModel::System) == Q("Kubeflow"), qPrintable(when));
        QVERIFY2(cellOf("IrisExp daily", ui::ScheduleModel::Next).contains(Q(", in ")), qPrintable(cellOf("IrisExp daily", ui::ScheduleModel::Next)));
        QVERIFY(cellOf("IrisExp daily", ui::ScheduleModel::Rules).contains(Q("no catch-up")));
        QVERIFY(cellOf("weekly-training", ui::ScheduleModel::When).contains(Q("0 3 * * 1")));
        QCOMPARE(cellOf("weekly-training", ui::ScheduleModel::Next), QStringLiteral("switched off"));
        QTRY_VERIFY2_WITH_TIMEOUT(cellOf("iris", ui::ScheduleModel::Next).contains(Q(", in ")), qPrintable(cellOf("iris", ui::ScheduleModel::Next)), slow);
        QVERIFY(!idOf("iris-pipeline").isEmpty());
        QVERIFY(cellOf("iris-pipeline", ui::ScheduleModel::When).startsWith(Q("H 3 * * *")));
        table().choose(idOf("IrisExp daily"));
        QTRY_VERIFY_WITH_TIMEOUT(facts().contains(experiment) && facts().contains(Q("data_path")), slow);
        keep("table");
        m_estate->theme->apply(ui::SchemeChoice::Light);
        keep("table-light");
        m_estate->theme->apply(ui::SchemeChoice::Dark);
    }

    void whatIsSwitchedElsewhereSaysWhere() {
        open();
        table().choose(idOf("iris-pipeline"));
        QTRY_VERIFY(!button("scheduleSwitch")->isEnabled());
        const QString why = m_estate->window->actions().blocked(QStringLiteral("schedule.switch"), idOf("iris-pipeline"));
        QVERIFY2(why.startsWith(Q("It is switched where it is written")), qPrintable(why));
    }

    void aScheduleIsSwitchedOffAndOn_data() {
        QTest::addColumn<QString>("name");
        QTest::newRow("Kubeflow") << "IrisExp daily";
        QTest::newRow("Azure ML") << "weekly-training";
        QTest::newRow("this machine") << "iris";
    }
    void aScheduleIsSwitchedOffAndOn() {
        QFETCH(QString, name);
        open();
        const QByteArray called = name.toUtf8();
        const QString id = idOf(called);
        QVERIFY(!id.isEmpty());
        table().choose(id);
        const bool before = isOn(id);
        for (const bool on : {!before, before}) {
            QTRY_VERIFY_WITH_TIMEOUT(button("scheduleSwitch")->isEnabled(), slow);
            QCOMPARE(button("scheduleSwitch")->text(), on ? QStringLiteral("Switch on") : QStringLiteral("Switch off"));
            QTest::mouseClick(button("scheduleSwitch"), Qt::LeftButton);
            QTRY_COMPARE_WITH_TIMEOUT(isOn(id), on, slow);
            QTRY_COMPARE_WITH_TIMEOUT(cellOf(called, ui::ScheduleModel::Next) == Q("switched off"), !on, slow);
            QTRY_VERIFY2_WITH_TIMEOUT(told().contains(on ? Q(" on") : Q(" off")), qPrintable(told()), slow);
            QCOMPARE(table().currentId(), id); // what was chosen stays
        }
    }

    void wrongTimesAreRefused() {
        open();
        QTRY_VERIFY_WITH_TIMEOUT(choose("schedulePipeline", experiment), slow);
        auto *create = button("scheduleCreate");
        edit("scheduleWhen")->setText(QStringLiteral("now and then"));
        QTRY_VERIFY(!create->isEnabled());
        QVERIFY(!m_estate->window->actions().blocked(QStringLiteral("schedule.create")).isEmpty());
        edit("scheduleWhen")->clear();
        QVERIFY(m_estate->window->actions().blocked(QStringLiteral("schedule.create")).startsWith(Q("Say when")));
        edit("scheduleWhen")->setText(QStringLiteral("6h"));
        QTRY_VERIFY2_WITH_TIMEOUT(create->isEnabled(), qPrintable(create->toolTip()), slow);
        edit("scheduleName")->setText(QStringLiteral("IrisExp daily")); // there is one
        QTest::mouseClick(create, Qt::LeftButton);
        QTRY_VERIFY2_WITH_TIMEOUT(told().contains(QStringLiteral("has a schedule “IrisExp daily” already")), qPrintable(told()), slow);
        keep("refused");
        edit("scheduleName")->setText(QStringLiteral("cron line"));
        QVERIFY(choose("scheduleForm", QStringLiteral("cron")));
        edit("scheduleWhen")->setText(QStringLiteral("61 2 * * *"));
        if (create->isEnabled()) { // the system's form is the system's matter: it says no
            QTest::mouseClick(create, Qt::LeftButton);
            QTRY_VERIFY2_WITH_TIMEOUT(!told().contains(QStringLiteral("…")) && !told().contains(Q("already")), qPrintable(told()), slow);
        }
        QVERIFY(idOf("cron line").isEmpty());
        QVERIFY(!named("cron line"));
    }

    /// A pipeline that somebody uploaded by other means, whose name makes no pods: nothing is scheduled of which each run would fail.
    void aNameThatMakesNoPodsIsRefused() {
        const QString longName = QStringLiteral("iris-experiment-with-a-name-that-is-far-too-long-for-the-label-of-a-pod");
        const QByteArray boundary = "part", file = "pipelineInfo:\n  name: " + longName.toUtf8() + "\nroot: {}\nschemaVersion: 2.1.0\n";
        net::Request request;
        request.method = "POST";
        request.url = m_estate->estate().url(QStringLiteral("kubeflow")) + QStringLiteral("/apis/v2beta1/pipelines/upload?name=") + longName;
        request.headers = {net::Header{"Content-Type", "multipart/form-data; boundary=" + boundary}};
        request.body = "--" + boundary + "\r\nContent-Disposition: form-data; name=\"uploadfile\"; filename=\"p.yaml\"\r\nContent-Type: application/x-yaml\r\n\r\n" + file + "\r\n--" + boundary + "--\r\n";
        const auto reply = m_estate->window->fleet()->services()->http->send(request);
        QVERIFY2(reply && reply->status == 200, reply ? reply->body.constData() : qPrintable(reply.error().text()));
        pipelines::ScheduleRequest wanted;
        wanted.name = QStringLiteral("never");
        wanted.pipeline = QStringLiteral("kubeflow:") + longName;
        wanted.everySeconds = 3600;
        const auto made = m_estate->pipelines()->createSchedule(wanted);
        QVERIFY(!made);
        QCOMPARE(made.error().kind, ErrorKind::Refused);
        QVERIFY2(made.error().what.contains(Q("too long")), qPrintable(made.error().text()));
        QVERIFY(!named("never"));
    }

    void aScheduleIsMadeAndRemoved() {
        open();
        QTRY_VERIFY_WITH_TIMEOUT(choose("schedulePipeline", experiment), slow);
        QVERIFY(choose("scheduleForm", QStringLiteral("every")));
        edit("scheduleWhen")->setText(QStringLiteral("6h"));
        edit("scheduleName")->setText(QStringLiteral("four times a day"));
        QTRY_VERIFY_WITH_TIMEOUT(sheet()->findChild<QLineEdit *>(QStringLiteral("parameter data_path")), slow);
        edit("parameter data_path")->setText(QStringLiteral("/other"));
        QTRY_VERIFY2_WITH_TIMEOUT(button("scheduleCreate")->isEnabled(), qPrintable(button("scheduleCreate")->toolTip()), slow);
        edit("scheduleName")->setFocus();
        QTest::keyClick(edit("scheduleName"), Qt::Key_Return, Qt::ControlModifier); // as the button says
        QTRY_VERIFY2_WITH_TIMEOUT(!idOf("four times a day").isEmpty(), qPrintable(told()), slow);
        QTRY_COMPARE_WITH_TIMEOUT(table().currentId(), idOf("four times a day"), slow); // what was made is shown
        const auto made = named("four times a day");
        QVERIFY(made && made->on && made->parameters.value(Q("data_path")).toString() == Q("/other"));
        QVERIFY(made->when.contains(Q("6")) && made->next.isValid());
        keep("made");
        table().choose(made->id);
        QTRY_VERIFY_WITH_TIMEOUT(button("scheduleRemove")->isEnabled(), slow);
        QTest::mouseClick(button("scheduleRemove"), Qt::LeftButton);
        QTRY_VERIFY_WITH_TIMEOUT(idOf("four times a day").isEmpty(), slow);
        QVERIFY(!named("four times a day"));
        const auto kinds = [this] {
            QStringList all;
            for (const auto &entry : m_estate->window->snapshot().journal)
                if (entry.phase == Q("done"))
                    all << entry.kind;
            return all;
        };
        for (const char *kind : {"schedule-switch", "schedule-create", "schedule-remove"})
            QTRY_VERIFY2_WITH_TIMEOUT(kinds().contains(Q(kind)), kind, slow);
    }

    void whatDidNotFireStandsInTheInboxAndIsStartedFromThere() {
        close();
        const auto daily = named("IrisExp daily");
        QVERIFY(daily && daily->next.isValid());
        fleet::Snapshot snapshot = m_estate->window->snapshot(); // the same a day later, when nothing has begun
        snapshot.inbox = fleet::inboxOf(snapshot, m_estate->window->fleet()->services()->workspace, daily->next.addSecs(2 * 3600));
        const auto missed = std::find_if(snapshot.inbox.begin(), snapshot.inbox.end(), [&](const auto &one) { return one.id == QStringLiteral("missed/") + daily->id; });
        QVERIFY(missed != snapshot.inbox.end());
        QVERIFY2(missed->title.contains(Q("did not begin")) && missed->sentence.contains(daily->when), qPrintable(missed->sentence));
        QCOMPARE(missed->action, QStringLiteral("pipeline.start"));
        m_estate->window->actions().trigger(missed->action, missed->argument);
        QPointer<ui::StartSheet> start;
        QTRY_VERIFY_WITH_TIMEOUT((start = m_estate->window->findChild<ui::StartSheet *>(QStringLiteral("startSheet"))), slow);
        QVERIFY(start->pipeline() && start->pipeline()->id == experiment);
        QTRY_VERIFY2_WITH_TIMEOUT(start->lacking().isEmpty(), qPrintable(start->lacking()), slow);
        start->reject();
        QTRY_VERIFY(!start);
    }

    void whatTakesTooLongStandsInTheInbox() {
        close();
        const QString slowRun = m_estate->begun(experiment, {}, pipelines::State::Running);
        QVERIFY(!slowRun.isEmpty());
        m_estate->estate().control(QStringLiteral("kubeflow"), QStringLiteral("settings"), {{Q("seconds"), 1000000}});
        m_estate->advance(1800);
        refresh();
        QTRY_VERIFY_WITH_TIMEOUT(item(QStringLiteral("sla/") + slowRun), slow);
        const fleet::InboxItem late = *item(QStringLiteral("sla/") + slowRun);
        QVERIFY2(late.sentence.contains(Q("limit 5 min")), qPrintable(late.sentence));
        QCOMPARE(late.action, QStringLiteral("pipeline.show"));
        m_estate->window->actions().trigger(late.action, late.argument); // it is opened where it can be cancelled
        QTRY_COMPARE_WITH_TIMEOUT(panel()->currentArgument(QStringLiteral("pipeline.cancel")), slowRun, slow);
        QVERIFY(m_estate->window->actions().blocked(QStringLiteral("pipeline.cancel"), slowRun).isEmpty());
        keep("overrun");
    }

private:
    ui::Panel *panel() { return m_estate->window->panel(QStringLiteral("pipelines")); }
    const std::vector<pipelines::Schedule> &schedules() { return panel()->findChild<ui::RunListModel *>()->state().schedules; }
    ui::SchedulesSheet *sheet() { return m_estate->window->findChild<ui::SchedulesSheet *>(QStringLiteral("schedulesSheet")); }
    void open() {
        if (!sheet())
            m_estate->window->actions().trigger(QStringLiteral("pipeline.schedules"));
        QTRY_VERIFY(sheet() && sheet()->isVisible());
    }
    void close() {
        if (sheet())
            sheet()->reject();
        QTRY_VERIFY_WITH_TIMEOUT(!sheet(), slow);
    }
    ui::Table &table() { return *sheet()->findChild<ui::Table *>(QStringLiteral("scheduleTable")); }
    ui::Button *button(const char *name) { return sheet()->findChild<ui::Button *>(Q(name)); }
    QLineEdit *edit(const char *name) { return sheet()->findChild<QLineEdit *>(Q(name)); }
    QString told() { return sheet()->findChild<ui::Label *>(QStringLiteral("scheduleTold"))->text(); }
    QString facts() {
        QString all;
        for (const auto *one : sheet()->findChildren<ui::KeyValues *>())
            all += one->text();
        return all;
    }
    static QString text(const QWidget *of) {
        QStringList all;
        for (const QLabel *label : of->findChildren<QLabel *>())
            all << label->text();
        return all.join(QLatin1Char('\n'));
    }
    int rowOf(const QByteArray &name) {
        const auto *model = table().model();
        for (int row = 0; row < model->rowCount(); ++row)
            if (model->index(row, ui::ScheduleModel::Name).data().toString() == QString::fromUtf8(name))
                return row;
        return -1;
    }
    QString cellOf(const QByteArray &name, int column) {
        const int row = rowOf(name);
        return row < 0 ? QString() : table().model()->index(row, column).data().toString();
    }
    QString idOf(const QByteArray &name) {
        const int row = rowOf(name);
        return row < 0 ? QString() : table().model()->index(row, 0).data(ui::IdRole).toString();
    }
    /// As its system says it now.
    std::optional<pipelines::Schedule> named(const char *name) {
        const auto all = m_estate->pipelines()->schedules();
        if (all)
            for (const auto &s : *all)
                if (s.name == Q(name))
                    return s;
        return std::nullopt;
    }
    bool isOn(const QString &id) {
        const auto all = m_estate->pipelines()->schedules();
        return all && std::any_of(all->begin(), all->end(), [&](const auto &s) { return s.id == id && s.on; });
    }
    bool choose(const char *name, const QString &data) {
        auto *choice = sheet()->findChild<ui::Choice *>(Q(name));
        const int at = choice->findData(data);
        if (at >= 0)
            choice->setCurrentIndex(at);
        return at >= 0;
    }
    const fleet::InboxItem *item(const QString &id) {
        for (const auto &one : m_estate->window->snapshot().inbox)
            if (one.id == id)
                return &one;
        return nullptr;
    }
    void refresh() { m_estate->window->actions().trigger(QStringLiteral("window.refresh")); }
    void keep(const char *name) {
        const QString to = qEnvironmentVariable("PILOTHOUSE_PICTURES_TO");
        if (to.isEmpty())
            return;
        for (int i = 0; i < 20; ++i)
            QCoreApplication::processEvents(QEventLoop::AllEvents, 50);
        QWidget *what = sheet() ? static_cast<QWidget *>(sheet()) : m_estate->window.get();
        QVERIFY(what->grab().save(QStringLiteral("%1/schedules-%2.png").arg(to, Q(name))));
    }

    std::unique_ptr<testing::EstateWindow> m_estate;
};

int main(int argc, char **argv) { return runInOwnHome<TestSchedulesSheet>(argc, argv); }
#include "tst_schedules_sheet.moc"
