// SPDX-License-Identifier: GPL-3.0-or-later
// The sheet of the secrets: names first, a value only when it is asked for and not for long, nothing in the clipboard for good.
// PILOTHOUSE_PICTURES_TO=DIR keeps pictures of it there, without a value.
#include "tests/support/own_home.h"
#include "tests/support/sample_snapshot.h"
#include "widgets/base/button.h"
#include "widgets/base/card.h"
#include "widgets/base/field.h"
#include "widgets/base/source_label.h"
#include "widgets/base/table.h"
#include "widgets/workspace/secret_model.h"
#include "widgets/workspace/secrets_sheet.h"

#include <QAbstractItemModelTester>
#include <QClipboard>
#include <QPlainTextEdit>
#include <QTest>

#include <mutex>

using namespace pilothouse;
using namespace pilothouse::ui;
using Q = QLatin1String;
using fleet::SecretSource;
using testing::sampleNow;

namespace {

constexpr int slow = 20000; // a loaded CI machine; conditions end the wait, never time

/// Three sources as core tells them; what was revealed is kept.
struct Estate {
    std::mutex mutex;
    QStringList revealed, listed;
    std::optional<Error> closed; ///< of the Vault
    QString value = QStringLiteral("the-value-that-nobody-sees");

    SecretCalls calls(QThreadPool &pool) {
        SecretCalls out;
        out.pool = &pool;
        out.sources = {{SecretSource::Keychain, {}}, {SecretSource::Vault, QStringLiteral("v")}, {SecretSource::Cluster, QStringLiteral("lab")}};
        out.list = [this](const SecretSource &source, const QString &path, std::stop_token) -> Result<std::vector<fleet::SecretLine>> {
            const std::lock_guard lock(mutex);
            listed << source.id() + QLatin1Char('|') + path;
            std::vector<fleet::SecretLine> lines(2);
            if (source.kind == SecretSource::Keychain) {
                lines[0].name = lines[0].title = QStringLiteral("mlflow-token");
                lines[0].usedBy = {QStringLiteral("connection team")};
                lines[0].keys = {QStringLiteral("value")};
                lines[1].name = lines[1].title = QStringLiteral("slack");
                lines[1].problem = Error{ErrorKind::NotFound, QStringLiteral("The keychain holds no secret “slack”."), {}, QStringLiteral("Store it."), {}};
                return lines;
            }
            if (source.kind == SecretSource::Cluster)
                return Error{ErrorKind::Denied, QStringLiteral("viewer may not list secrets in ml: needs the verb list on secrets."), {}, QStringLiteral("Ask whoever gives rights in this cluster."), {}};
            if (closed)
                return *closed;
            if (path == Q("team/")) {
                lines.resize(1);
                lines[0].name = QStringLiteral("vault:v/team/deep");
                lines[0].title = QStringLiteral("deep");
                return lines;
            }
            lines[0].name = QStringLiteral("vault:v/db");
            lines[0].title = QStringLiteral("db");
            lines[1].name = QStringLiteral("vault:v/team/");
            lines[1].title = QStringLiteral("team/");
            lines[1].folder = true;
            return lines;
        };
        out.facts = [](const QString &name, std::stop_token) -> Result<fleet::SecretFacts> {
            fleet::SecretFacts facts;
            facts.name = name;
            facts.created = sampleNow().addDays(-3);
            facts.keys = {QStringLiteral("value")};
            if (name.startsWith(Q("vault:"))) {
                facts.keys = {QStringLiteral("password"), QStringLiteral("user")};
                facts.metadata.emplace();
                facts.metadata->current = 2;
                facts.metadata->versions = {{2, sampleNow().addDays(-3), {}, false}, {1, sampleNow().addDays(-40), {}, false}};
            }
            return facts;
        };
        out.reveal = [this](const QString &name, std::stop_token) -> Result<QMap<QString, QString>> {
            const std::lock_guard lock(mutex);
            revealed << name;
            return QMap<QString, QString>{{name.section(QLatin1Char('#'), 1), value}};
        };
        return out;
    }
};

} // namespace

class TestSecretsSheet : public QObject {
    Q_OBJECT

    struct Shown {
        Estate estate;
        Pools pools{1};
        Theme theme;
        ActionCatalogue actions;
        QWidget window;
        SecretsSheet *sheet;
        explicit Shown(SchemeChoice scheme = SchemeChoice::Dark) {
            theme.apply(scheme);
            Ticker::of(&window).setNow([] { return sampleNow(); });
            PanelContext context;
            context.actions = &actions;
            context.theme = &theme;
            context.now = [] { return sampleNow(); };
            window.resize(1024, 640);
            window.show();
            sheet = new SecretsSheet(context, estate.calls(pools.waiting), &window);
            sheet->open();
            sheet->activateWindow();
            (void)QTest::qWaitForWindowActive(sheet); // keys reach the active window
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
        Table *table() { return find<Table>("secretsTable"); }
        QString value() { return find<QPlainTextEdit>("secretsValue")->toPlainText(); }
        bool mayShow() { return find<Button>("secretsShow")->isEnabled(); }
        QStringList revealed() {
            const std::lock_guard lock(estate.mutex);
            return estate.revealed;
        }
        void toVault() { find<Choice>("secretsSource")->setCurrentIndex(1); }
        QString words() { // of the states of all cards
            QStringList out;
            for (PanelState *state : sheet->findChildren<PanelState *>())
                out << state->text();
            return out.join(QLatin1Char('|'));
        }
    };

private Q_SLOTS:
    void initTestCase() { QLocale::setDefault(QLocale::c()); }

    void namesComeWithWhoUsesThemAndNoValue() {
        Shown s;
        QTRY_COMPARE_WITH_TIMEOUT(s.table()->model()->rowCount(), 2, slow);
        const QAbstractItemModelTester tester(s.table()->model(), QAbstractItemModelTester::FailureReportingMode::QtTest);
        QCOMPARE(s.table()->currentId(), QStringLiteral("mlflow-token"));
        QCOMPARE(s.table()->model()->index(0, SecretModel::UsedBy).data().toString(), QStringLiteral("connection team"));
        QCOMPARE(s.table()->model()->index(1, SecretModel::Keys).data().toString(), QStringLiteral("not stored"));
        QTRY_VERIFY_WITH_TIMEOUT(s.mayShow(), slow);
        QVERIFY(s.revealed().isEmpty() && s.value().isEmpty());
        s.table()->choose(QStringLiteral("slack"));
        QVERIFY(!s.mayShow());
        QVERIFY2(s.words().contains(QStringLiteral("holds no secret")), qPrintable(s.words()));
    }

    void aValueIsShownWhenAskedForAndGoesByItself() {
        Shown s;
        s.sheet->setKeep(400);
        s.toVault();
        QTRY_VERIFY_WITH_TIMEOUT(s.mayShow(), slow);
        QTest::keyClick(s.sheet, Qt::Key_Return, Qt::ControlModifier);
        QTRY_COMPARE_WITH_TIMEOUT(s.value(), s.estate.value, slow);
        QCOMPARE(s.revealed(), QStringList{QStringLiteral("vault:v/db?version=2#password")});
        QTRY_VERIFY_WITH_TIMEOUT(s.value().isEmpty() && !s.find<QPlainTextEdit>("secretsValue")->isVisible(), slow);
    }

    void aValueGoesWithItsRow() {
        Shown s;
        s.toVault();
        QTRY_VERIFY_WITH_TIMEOUT(s.mayShow(), slow);
        QTest::mouseClick(s.find<Button>("secretsShow"), Qt::LeftButton);
        QTRY_COMPARE_WITH_TIMEOUT(s.value(), s.estate.value, slow);
        s.table()->choose(QStringLiteral("vault:v/team/"));
        QVERIFY(s.value().isEmpty() && !s.mayShow());
    }

    void anOlderVersionIsAskedForByItsNumber() {
        Shown s;
        s.toVault();
        QTRY_VERIFY_WITH_TIMEOUT(s.mayShow(), slow);
        auto *version = s.find<Choice>("secretsVersion");
        QCOMPARE(version->count(), 2);
        QTest::keyClick(version, Qt::Key_Down);
        s.find<Choice>("secretsKey")->setCurrentIndex(1);
        QTRY_VERIFY_WITH_TIMEOUT(s.mayShow(), slow);
        QTest::mouseClick(s.find<Button>("secretsShow"), Qt::LeftButton);
        QTRY_COMPARE_WITH_TIMEOUT(s.revealed().size(), 1, slow);
        QVERIFY2(s.revealed().front().startsWith(QStringLiteral("vault:v/db?version=1#")), qPrintable(s.revealed().front()));
    }

    void aCopyLeavesTheClipboardUnlessSomethingElseIsThere() {
        Shown s;
        s.sheet->setKeep(300);
        QTRY_VERIFY_WITH_TIMEOUT(s.mayShow(), slow);
        QTest::keyClick(s.sheet, Qt::Key_C, Qt::ControlModifier | Qt::ShiftModifier);
        QTRY_COMPARE_WITH_TIMEOUT(QGuiApplication::clipboard()->text(), s.estate.value, slow);
        QVERIFY(s.value().isEmpty()); // copied, not shown
        QTRY_VERIFY_WITH_TIMEOUT(QGuiApplication::clipboard()->text().isEmpty(), slow);
        QTRY_VERIFY_WITH_TIMEOUT(s.mayShow(), slow);
        QTest::mouseClick(s.find<Button>("secretsCopy"), Qt::LeftButton);
        QTRY_COMPARE_WITH_TIMEOUT(QGuiApplication::clipboard()->text(), s.estate.value, slow);
        QGuiApplication::clipboard()->setText(QStringLiteral("of the person"));
        QTest::qWait(600); // longer than the value may stay
        QCOMPARE(QGuiApplication::clipboard()->text(), QStringLiteral("of the person"));
    }

    void foldersAreOpenedAndLeftByKey() {
        Shown s;
        s.toVault();
        QTRY_COMPARE_WITH_TIMEOUT(s.table()->model()->rowCount(), 2, slow);
        s.table()->choose(QStringLiteral("vault:v/team/"));
        s.table()->setFocus();
        QTest::keyClick(s.table(), Qt::Key_Return);
        QTRY_COMPARE_WITH_TIMEOUT(s.table()->currentId(), QStringLiteral("vault:v/team/deep"), slow);
        QTest::keyClick(s.sheet, Qt::Key_Backspace);
        QTRY_COMPARE_WITH_TIMEOUT(s.table()->model()->rowCount(), 2, slow);
        QCOMPARE(s.find<QLineEdit>("secretsPath")->text(), QString());
    }

    void whatIsClosedSaysWhyAndIsTriedAgain() {
        Shown s;
        s.find<Choice>("secretsSource")->setCurrentIndex(2);
        QTRY_VERIFY_WITH_TIMEOUT(s.words().contains(QStringLiteral("needs the verb list on secrets")), slow);
        {
            const std::lock_guard lock(s.estate.mutex);
            s.estate.closed = Error{ErrorKind::Unreachable, QStringLiteral("The Vault v is sealed."), {}, QStringLiteral("Whoever keeps its keys unseals it."), {}};
        }
        s.toVault();
        QTRY_VERIFY_WITH_TIMEOUT(s.words().contains(QStringLiteral("is sealed")), slow);
        {
            const std::lock_guard lock(s.estate.mutex);
            s.estate.closed.reset();
        }
        QTest::keyClick(s.find<QLineEdit>("secretsPath"), Qt::Key_Return);
        QTRY_COMPARE_WITH_TIMEOUT(s.table()->model()->rowCount(), 2, slow);
    }

    void picturesHoldNoValue() {
        const QString folder = qEnvironmentVariable("PILOTHOUSE_PICTURES_TO");
        if (folder.isEmpty())
            QSKIP("skipped: PILOTHOUSE_PICTURES_TO names no folder");
        for (const SchemeChoice scheme : {SchemeChoice::Dark, SchemeChoice::Light}) {
            Shown s(scheme);
            s.toVault();
            QTRY_VERIFY_WITH_TIMEOUT(s.mayShow(), slow);
            QVERIFY(s.value().isEmpty());
            QVERIFY(s.sheet->grab().save(folder + (scheme == SchemeChoice::Dark ? QStringLiteral("/secrets-dark.png") : QStringLiteral("/secrets-light.png"))));
        }
    }
};

int main(int argc, char **argv) { return pilothouse::runInOwnHome<TestSecretsSheet>(argc, argv); }
#include "tst_secrets_sheet.moc"
