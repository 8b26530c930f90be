// SPDX-License-Identifier: GPL-3.0-or-later
// A new workspace from a template: choose, fill in, test beside the fields, write, open.
#include "app/console/template_sheet.h"
#include "core/base/file.h"
#include "core/workspace/workspace.h"
#include "widgets/base/button.h"
#include "widgets/base/theme.h"

#include <QDir>
#include <QLineEdit>
#include <QPointer>
#include <QSignalSpy>
#include <QTemporaryDir>
#include <QTest>

using namespace pilothouse;
using namespace pilothouse::console;

class TestTemplateSheet : public QObject {
    Q_OBJECT
private:
    QThreadPool m_pool;
    QTemporaryDir m_dir;
    QPointer<TemplateSheet> m_sheet;
    QLineEdit *edit(const char *name) const { return m_sheet->findChild<QLineEdit *>(QLatin1String(name)); }
    void click(const char *name) const { m_sheet->findChild<ui::Button *>(QLatin1String(name))->click(); }
    QString told(const char *name) const { return m_sheet->findChild<ui::Label *>(QLatin1String(name))->text(); }
    void write(QLineEdit *field, const QString &text) const {
        field->setFocus();
        field->selectAll();
        QTest::keyClicks(field, text);
    }

private Q_SLOTS:
    void init() {
        TemplateCalls calls;
        calls.pool = &m_pool;
        calls.test = [](const workspace::Workspace &workspace, const QString &connection, std::stop_token) -> Result<fleet::ConnectionCheck> {
            const workspace::Connection c = workspace.connections.value(connection);
            if (!c.url.contains(QLatin1String("good")))
                return Error{ErrorKind::Unreachable, QStringLiteral("Nobody at %1.").arg(c.url), {}, {}, {}};
            fleet::ConnectionCheck check;
            check.finding = QStringLiteral("Answered as %1.").arg(c.secret);
            return check;
        };
        m_sheet = new TemplateSheet(calls, nullptr);
        m_sheet->show();
        QVERIFY(QTest::qWaitForWindowExposed(m_sheet));
        m_sheet->choose(QStringLiteral("iris-jenkins"));
        edit("templateFolder")->setText(m_dir.filePath(QStringLiteral("iris")));
    }
    void cleanup() { delete m_sheet; }

    void eachConnectionIsTestedBesideItsFields() {
        QCOMPARE(edit("templateField.jenkins.url")->text(), QStringLiteral("http://127.0.0.1:8080"));
        click("templateTest.jenkins");
        QTRY_COMPARE(told("templateTold.jenkins"), QStringLiteral("Nobody at http://127.0.0.1:8080."));
        write(edit("templateField.jenkins.url"), QStringLiteral("http://good:8080"));
        QCOMPARE(told("templateTold.jenkins"), QString()); // was about another address
        write(edit("templateField.jenkins.secret"), QStringLiteral("my-token"));
        click("templateTestAll");
        QTRY_COMPARE(told("templateTold.jenkins"), QStringLiteral("Answered as my-token."));
        QTRY_COMPARE(told("templateTold.mlflow"), QStringLiteral("Nobody at http://127.0.0.1:5000."));
        write(edit("templateField.jenkins.url"), QStringLiteral("no address"));
        click("templateTest.jenkins");
        QTRY_VERIFY(told("templateTold.jenkins").contains(QStringLiteral("must be a URL")));
        m_sheet->choose(QStringLiteral("housing"));
        QVERIFY(!edit("templateField.jenkins.url"));
        QVERIFY(edit("templateField.github.owner"));
    }

    void writesAndOpens() {
        QSignalSpy created(m_sheet.data(), &TemplateSheet::created);
        write(edit("templateField.jenkins.url"), QStringLiteral("no address"));
        click("templateCreate");
        QTRY_VERIFY(told("templateTold").contains(QStringLiteral("must be a URL")));
        QVERIFY(!QDir(m_dir.filePath(QStringLiteral("iris"))).exists());
        write(edit("templateField.jenkins.url"), QStringLiteral("https://ci.example/jenkins"));
        click("templateCreate");
        QTRY_COMPARE(created.size(), 1);
        const auto w = workspace::readWorkspace(created.first().first().toString());
        QVERIFY(w.has_value());
        QCOMPARE(w->connections.value(QStringLiteral("jenkins")).url, QStringLiteral("https://ci.example/jenkins"));
    }

    void doesNotWriteOverAWorkspace() {
        QVERIFY(writeFileAtomically(m_dir.filePath(QStringLiteral("mine/pilothouse.yaml")), "mine"));
        edit("templateFolder")->setText(m_dir.filePath(QStringLiteral("mine")));
        click("templateCreate");
        QTRY_VERIFY(told("templateTold").contains(QStringLiteral("a workspace in this folder already")));
        QCOMPARE(readFile(m_dir.filePath(QStringLiteral("mine/pilothouse.yaml"))).value_or(QByteArray()), QByteArray("mine"));
        edit("templateFolder")->setText(QStringLiteral("relative"));
        click("templateCreate");
        QVERIFY(told("templateTold").contains(QStringLiteral("whole path")));
    }
};

QTEST_MAIN(TestTemplateSheet)
#include "tst_template_sheet.moc"
