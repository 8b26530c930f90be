// SPDX-License-Identifier: GPL-3.0-or-later
// Alerts in the window: each fix is a button; silenced for how long and why, seen while it lasts, and ended; a rule that is kept is silenced beforehand.
#include "app/console/main_window.h"
#include "core/base/child_process.h"
#include "core/base/file.h"
#include "core/telemetry/alert_store.h"
#include "tests/support/own_home.h"
#include "widgets/base/button.h"
#include "widgets/base/card.h"
#include "widgets/base/field.h"
#include "widgets/base/table.h"
#include "widgets/fleet/silence_sheet.h"

#include <QApplication>
#include <QDateTimeEdit>
#include <QDir>
#include <QLineEdit>
#include <QTemporaryDir>
#include <QTest>

#include <algorithm>

using namespace pilothouse;
using namespace pilothouse::console;

namespace {
constexpr int slow = 60000; // a loaded CI machine; conditions end the wait, never time
}

class tst_AlertSilences : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void initTestCase() {
        if (pilotProgram().isEmpty())
            QSKIP("pilot was not built");
        const QString workspace = path("pilothouse.yaml");
        QVERIFY(writeFileAtomically(workspace, "workspace: watched\nconnections: {local: {kind: local, root: state}}\nmodels:\n  m: {registry: {connection: local, name: m, champion: champion}, deployment: {connection: local, target: serving/m}}\n"
                                               "alerts:\n  mae: {kind: metric, model: m, metric: mae, above: 1}\n  fresh: {kind: staleness, model: m}\n"));
        const auto store = *telemetry::AlertStore::open(path("state"));
        const QDateTime now = QDateTime::currentDateTimeUtc();
        for (const auto &[rule, state, sentence] : {std::tuple("mae", telemetry::AlertState::Firing, "mae is 1.4, limit above 1: 500 labelled rows"), std::tuple("fresh", telemetry::AlertState::Ok, "3 h old, limit older than 36 h")}) {
            telemetry::AlertStatus s;
            s.rule = QLatin1String(rule);
            s.model = QStringLiteral("m");
            s.state = state;
            s.sentence = QLatin1String(sentence);
            s.since = s.looked = s.episode = now.addSecs(-600);
            QVERIFY(store->write(s, {}, now));
        }
        WindowOptions options;
        options.preferencesFile = path("preferences.json");
        options.sessionFile = path("session.json");
        options.desktop = false;
        options.workspace = workspace;
        m_pools = std::make_unique<Pools>(1);
        m_theme = std::make_unique<ui::Theme>();
        m_window = std::make_unique<MainWindow>(*m_pools, *m_theme, options);
        m_window->resize(1440, 900);
        m_window->show();
        m_window->start();
        QTRY_VERIFY_WITH_TIMEOUT(m_window->fleet() && m_window->snapshot().models.size() == 1, slow);
        m_window->open(QStringLiteral("alerts"), QStringLiteral("alert/mae"));
        QTRY_COMPARE_WITH_TIMEOUT(list()->currentId(), QStringLiteral("alert/mae"), slow);
    }
    void cleanupTestCase() { m_window.reset(); }

    void eachFixIsAButton() {
        QCOMPARE(find<ui::Button>("handle")->text(), QStringLiteral("Retrain"));
        QVERIFY(find<ui::Button>("way0")->isVisible());
        QCOMPARE(find<ui::Button>("way0")->text(), QStringLiteral("Open rollout")); // there is no earlier revision to roll back to
        QVERIFY(!find<ui::Button>("way1")->isVisible());
        QVERIFY(find<ui::Button>("silence")->isVisible());
        picture(QStringLiteral("alert-ways"));
    }

    void itIsSilencedForHowLongAndWhy() {
        QTest::keyClick(list(), Qt::Key_S);
        ui::SilenceSheet *sheet = nullptr;
        QTRY_VERIFY_WITH_TIMEOUT((sheet = m_window->findChild<ui::SilenceSheet *>()) && sheet->isVisible(), slow);
        auto *time = find<ui::Choice>("silenceTime");
        auto *until = find<QDateTimeEdit>("silenceUntil");
        QCOMPARE(sheet->focusWidget(), static_cast<QWidget *>(time));
        QCOMPARE(time->currentText(), QStringLiteral("4 hours"));
        QVERIFY(!until->isEnabled());
        QTest::keyClick(time, Qt::Key_End);
        QVERIFY(until->isEnabled());
        until->setDateTime(QDateTime::currentDateTime().addDays(-1));
        QVERIFY(!find<ui::Button>("silenceGo")->isEnabled() || !find<ui::Button>("silenceGo")->toolTip().isEmpty());
        QTest::keyClick(sheet, Qt::Key_Return, Qt::ControlModifier);
        QVERIFY(sheet->isVisible()); // over already: nothing is done
        QTest::keyClick(time, Qt::Key_Up);
        QTest::keyClick(time, Qt::Key_Up);
        QCOMPARE(time->currentText(), QStringLiteral("1 day"));
        QTest::keyClicks(find<QLineEdit>("silenceComment"), QStringLiteral("- new sensors"));
        picture(QStringLiteral("alert-silence"), sheet);
        QTest::keyClick(sheet, Qt::Key_Return, Qt::ControlModifier);
        QTRY_COMPARE_WITH_TIMEOUT(m_window->snapshot().silenced.size(), std::size_t(1), slow);
        const fleet::SilencedAlert &one = m_window->snapshot().silenced[0];
        QCOMPARE(one.id, QStringLiteral("alert/mae"));
        QCOMPARE(one.comment, QStringLiteral("- new sensors"));
        const qint64 left = QDateTime::currentDateTimeUtc().secsTo(one.until);
        QVERIFY2(left > 86000 && left <= 86400, qPrintable(QString::number(left)));
        QVERIFY(!inInbox("alert/mae"));
        QTRY_COMPARE_WITH_TIMEOUT(find<ui::Button>("handle")->text(), QStringLiteral("End silence"), slow);
        QCOMPARE(list()->currentId(), QStringLiteral("alert/mae"));
        QVERIFY(!find<ui::Button>("silence")->isVisible() && !find<ui::Button>("way0")->isVisible());
        QVERIFY(!m_window->actions().blocked(QStringLiteral("alert.silence"), QStringLiteral("alert/mae")).isEmpty()); // it is
        QVERIFY2(words().contains(QStringLiteral("- new sensors")), qPrintable(words()));
        picture(QStringLiteral("alert-silenced"));
    }

    void andEnded() {
        QTest::keyClick(list(), Qt::Key_Return);
        QTRY_VERIFY_WITH_TIMEOUT(m_window->snapshot().silenced.empty(), slow);
        QVERIFY(inInbox("alert/mae"));
        QTRY_COMPARE_WITH_TIMEOUT(find<ui::Button>("handle")->text(), QStringLiteral("Retrain"), slow);
    }

    void aKeptRuleIsSilencedBeforehand() {
        m_window->open(QStringLiteral("alerts"), QStringLiteral("alert/fresh"));
        QTRY_COMPARE_WITH_TIMEOUT(list()->currentId(), QStringLiteral("alert/fresh"), slow);
        QCOMPARE(find<ui::Button>("handle")->text(), QStringLiteral("Silence…"));
        QTest::keyClick(list(), Qt::Key_Return);
        ui::SilenceSheet *sheet = nullptr;
        QTRY_VERIFY_WITH_TIMEOUT((sheet = m_window->findChild<ui::SilenceSheet *>()) && sheet->isVisible(), slow);
        QTest::keyClick(sheet, Qt::Key_Escape);
        QTRY_VERIFY_WITH_TIMEOUT(!m_window->findChild<ui::SilenceSheet *>(), slow);
        QVERIFY(m_window->snapshot().silenced.empty());
        m_window->activateWindow(); // no window manager does it here
        QTRY_VERIFY_WITH_TIMEOUT(m_window->isActiveWindow(), slow);
        QTest::keyClick(list(), Qt::Key_S);
        QTRY_VERIFY_WITH_TIMEOUT((sheet = m_window->findChild<ui::SilenceSheet *>()) && sheet->isVisible(), slow);
        sheet->activateWindow();
        QTRY_VERIFY_WITH_TIMEOUT(sheet->isActiveWindow(), slow);
        QTest::keyClick(sheet, Qt::Key_Return, Qt::ControlModifier);
        QTRY_COMPARE_WITH_TIMEOUT(m_window->snapshot().silenced.size(), std::size_t(1), slow);
        QCOMPARE(int(m_window->snapshot().silenced[0].state), int(fleet::Health::Ok));
        m_window->resize(1024, 640);
        picture(QStringLiteral("alert-small"));
    }

private:
    QString path(const char *name) const { return m_folder.filePath(QLatin1String(name)); }
    template<class T>
    T *find(const char *name) const {
        auto *found = m_window->findChild<T *>(QLatin1String(name));
        if (!found)
            qFatal("no %s", name);
        return found;
    }
    ui::List *list() const { return find<ui::List>("alerts"); }
    bool inInbox(const char *id) const {
        const auto &inbox = m_window->snapshot().inbox;
        return std::any_of(inbox.begin(), inbox.end(), [&](const fleet::InboxItem &item) { return item.id == QLatin1String(id); });
    }
    QString words() const {
        QStringList out;
        for (const auto *facts : m_window->findChildren<ui::KeyValues *>())
            if (facts->isVisible())
                out << facts->text();
        return out.join(QLatin1Char('\n'));
    }
    void picture(const QString &name, QWidget *of = nullptr) {
        const QString folder = qEnvironmentVariable("PILOTHOUSE_PICTURES_TO");
        for (const auto &[scheme, word] : {std::pair{ui::SchemeChoice::Dark, "dark"}, std::pair{ui::SchemeChoice::Light, "light"}}) {
            m_theme->apply(scheme);
            QCoreApplication::processEvents();
            const QImage image = (of ? of : m_window.get())->grab().toImage();
            QVERIFY(!image.isNull());
            if (!folder.isEmpty())
                QVERIFY(QDir().mkpath(folder) && image.save(QStringLiteral("%1/%2-%3.png").arg(folder, name, QLatin1String(word))));
        }
    }
    QTemporaryDir m_folder;
    std::unique_ptr<Pools> m_pools;
    std::unique_ptr<ui::Theme> m_theme;
    std::unique_ptr<MainWindow> m_window;
};

int main(int argc, char **argv) {
    return pilothouse::runInOwnHome<tst_AlertSilences>(argc, argv);
}
#include "tst_alert_silences.moc"
