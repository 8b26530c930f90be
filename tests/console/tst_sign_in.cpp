// SPDX-License-Identifier: GPL-3.0-or-later
// A person signs in for an Azure ML connection in the real window: the code and its page are shown and copied, the page is opened, the directory is asked without holding up the window, and the
// token is kept in the keychain under its name and shown nowhere. Runs itself inside tests/support/keyring.sh. With PILOTHOUSE_PICTURES_TO=DIR the grabs are kept.
#include "tests/support/estate_window.h"
#include "widgets/base/button.h"
#include "widgets/base/card.h"
#include "widgets/base/panel.h"
#include "widgets/workspace/sign_in_sheet.h"

#include <QApplication>
#include <QClipboard>
#include <QDesktopServices>
#include <QPointer>
#include <QProcess>
#include <QStandardPaths>

using namespace pilothouse;
using Q = QLatin1String;

namespace {

constexpr int slow = 60000; // a loaded machine; conditions end the wait, never time
const QString name = QStringLiteral("azureml");

} // namespace

class TestSignIn : public QObject {
    Q_OBJECT
public Q_SLOTS:
    void opened(const QUrl &url) { m_opened = url; }

private Q_SLOTS:
    void initTestCase() {
        if (qEnvironmentVariableIsEmpty("PILOTHOUSE_IN_KEYRING"))
            QSKIP("no keychain can be started here");
        m_estate = std::make_unique<testing::EstateWindow>();
        QVERIFY2(m_estate->problem().isEmpty(), qPrintable(m_estate->problem()));
        auto text = readFile(m_estate->file());
        QVERIFY(text.has_value());
        QVERIFY(text->contains("secret: estate-azureml"));
        QVERIFY(writeFileAtomically(m_estate->file(), text->replace("secret: estate-azureml", "login: device")));
        m_estate->open();
        QTRY_VERIFY_WITH_TIMEOUT(m_estate->window->fleet(), slow);
        m_estate->window->open(QStringLiteral("connections"), QStringLiteral("jenkins"));
        QDesktopServices::setUrlHandler(QStringLiteral("http"), this, "opened");
    }
    void cleanupTestCase() {
        QDesktopServices::unsetUrlHandler(QStringLiteral("http"));
        m_estate.reset();
    }

    void onlyWhereAPersonSignsInThereIsAButton() {
        auto *button = panel()->findChild<ui::Button *>(QStringLiteral("connection.signIn"));
        QTRY_VERIFY_WITH_TIMEOUT(panel()->currentArgument({}) == Q("jenkins"), slow);
        QVERIFY(button && button->isHidden());
        QVERIFY(m_estate->window->actions().blocked(QStringLiteral("connection.signIn"), QStringLiteral("jenkins")).contains(Q("login: device")));
        m_estate->window->open(QStringLiteral("connections"), name);
        QTRY_VERIFY(button->isVisible() && button->isEnabled());
        keep(m_estate->window.get(), "connection");
    }

    void theCodeIsShownCopiedAndItsPageOpened() {
        begin();
        QVERIFY(m_sheet->findChild<ui::KeyValues *>(QStringLiteral("signInFacts"))->text().contains(Q("/devicelogin")));
        QCOMPARE(m_sheet->focusWidget(), button("signInOpen"));
        QTest::mouseClick(button("signInCopy"), Qt::LeftButton);
        QCOMPARE(QGuiApplication::clipboard()->text(), code()->text());
        QTest::keyClick(button("signInOpen"), Qt::Key_Space); // by keyboard
        QTRY_VERIFY(m_opened.path() == Q("/devicelogin"));
        keep(m_sheet, "sheet");
    }

    void closingTheSheetEndsTheWait() {
        m_sheet->reject();
        QTRY_VERIFY_WITH_TIMEOUT(!m_sheet, slow);
        QTRY_VERIFY_WITH_TIMEOUT(m_estate->pools->waiting.waitForDone(0), slow);
    }

    void theSignInIsKeptAndUsed() {
        const auto nobody = m_estate->pipelines()->runs(QStringLiteral("azureml:damage-incidence-prediction"), 1);
        QVERIFY(!nobody && nobody.error().kind == ErrorKind::Denied);
        begin();
        QPointer<ui::Label> told = m_sheet->findChild<ui::Label *>(QStringLiteral("signInTold"));
        QVERIFY(told->text().startsWith(Q("Waits")));
        QVERIFY(m_estate->estate().control(QStringLiteral("azureml"), QStringLiteral("sign_in"), {{Q("user_code"), code()->text()}}).contains(Q("signed_in")));
        QTRY_VERIFY_WITH_TIMEOUT(code()->text() == Q("Signed in"), slow);
        QVERIFY(button("signInOpen")->isHidden() && button("signInAgain")->isHidden());
        keep(m_sheet, "done");
        const auto kept = m_estate->window->fleet()->services()->secrets->read(QStringLiteral("azureml-sign-in"));
        QVERIFY2(kept && !kept->isEmpty(), kept ? "it is empty" : qPrintable(kept.error().text()));
        for (const ui::Label *label : m_sheet->findChildren<ui::Label *>())
            QVERIFY(!label->text().contains(*kept));
        m_sheet->reject();
        const auto now = m_estate->pipelines()->runs(QStringLiteral("azureml:damage-incidence-prediction"), 1);
        QVERIFY2(now.has_value(), now ? "" : qPrintable(now.error().text()));
        const auto done = [this] {
            const auto &all = m_estate->window->snapshot().journal;
            return std::any_of(all.begin(), all.end(), [](const auto &entry) { return entry.kind == Q("connection-sign-in") && entry.phase == Q("done"); });
        };
        QTRY_VERIFY_WITH_TIMEOUT(done(), slow);
        for (const auto &entry : m_estate->window->snapshot().journal)
            QVERIFY(!QJsonDocument(entry.details).toJson().contains(kept->toUtf8()));
    }

    void aDirectoryThatFailsSaysSoAndIsAskedAgain() {
        m_estate->estate().control(QStringLiteral("azureml"), QStringLiteral("answer"), {{Q("status"), 503}, {Q("body"), QStringLiteral("{}")}, {Q("times"), 1000}});
        m_estate->window->actions().trigger(QStringLiteral("connection.signIn"), name);
        m_sheet = m_estate->window->findChild<ui::SignInSheet *>(QStringLiteral("signInSheet"));
        QVERIFY(m_sheet);
        QTRY_VERIFY_WITH_TIMEOUT(button("signInAgain")->isVisible(), slow);
        QVERIFY(!button("signInOpen")->isVisible() && !button("signInCopy")->isVisible());
        keep(m_sheet, "failed");
        m_estate->estate().control(QStringLiteral("azureml"), QStringLiteral("answer"), {{Q("status"), 200}, {Q("times"), 0}});
        QTest::mouseClick(button("signInAgain"), Qt::LeftButton);
        QTRY_VERIFY_WITH_TIMEOUT(!code()->text().isEmpty(), slow);
        QVERIFY(!button("signInAgain")->isVisible() && button("signInOpen")->isVisible());
        m_sheet->reject();
        QTRY_VERIFY(!m_sheet);
    }

private:
    ui::Panel *panel() { return m_estate->window->panel(QStringLiteral("connections")); }
    ui::Button *button(const char *id) { return m_sheet->findChild<ui::Button *>(Q(id)); }
    ui::Label *code() { return m_sheet->findChild<ui::Label *>(QStringLiteral("signInCode")); }
    void begin() {
        QTest::mouseClick(panel()->findChild<ui::Button *>(QStringLiteral("connection.signIn")), Qt::LeftButton);
        m_sheet = m_estate->window->findChild<ui::SignInSheet *>(QStringLiteral("signInSheet"));
        QVERIFY(m_sheet && m_sheet->isVisible());
        QTRY_VERIFY_WITH_TIMEOUT(!code()->text().isEmpty(), slow);
    }
    void keep(QWidget *what, const char *as) {
        const QString to = qEnvironmentVariable("PILOTHOUSE_PICTURES_TO");
        if (to.isEmpty())
            return;
        for (int i = 0; i < 20; ++i)
            QCoreApplication::processEvents(QEventLoop::AllEvents, 50);
        QVERIFY(what->grab().save(QStringLiteral("%1/sign-in-%2.png").arg(to, Q(as))));
    }

    std::unique_ptr<testing::EstateWindow> m_estate;
    QPointer<ui::SignInSheet> m_sheet;
    QUrl m_opened;
};

int main(int argc, char **argv) {
    const QStringList needed{QStringLiteral("dbus-run-session"), QStringLiteral("dbus-send"), QStringLiteral("gnome-keyring-daemon")};
    const bool can = std::all_of(needed.begin(), needed.end(), [](const QString &one) { return !QStandardPaths::findExecutable(one).isEmpty(); });
    const QTemporaryDir home;
    for (const char *what : {"DATA", "CONFIG", "CACHE"})
        qputenv(QByteArray("XDG_").append(what).append("_HOME").constData(), QFile::encodeName(home.filePath(QString(Q(what)).toLower())));
    QApplication app(argc, argv);
    if (can && qEnvironmentVariableIsEmpty("PILOTHOUSE_IN_KEYRING")) {
        QProcess inside;
        QProcessEnvironment environment = QProcessEnvironment::systemEnvironment();
        environment.insert(QStringLiteral("PILOTHOUSE_IN_KEYRING"), QStringLiteral("1"));
        inside.setProcessEnvironment(environment);
        inside.setProcessChannelMode(QProcess::ForwardedChannels);
        inside.start(QStringLiteral("bash"), QStringList{QStringLiteral(PILOTHOUSE_SOURCE_DIR "/tests/support/keyring.sh"), QCoreApplication::applicationFilePath()} + QCoreApplication::arguments().mid(1));
        return inside.waitForFinished(-1) && inside.exitStatus() == QProcess::NormalExit ? inside.exitCode() : 1;
    }
    TestSignIn test;
    return QTest::qExec(&test, argc, argv);
}
#include "tst_sign_in.moc"
