// SPDX-License-Identifier: GPL-3.0-or-later
// A service of somebody else behind a login becomes the endpoint of a model in the window: proposed from its /openapi.json, tried,
// saved, and asked by What-if with sliders. Real window, real `pilot`, real HTTP on loopback.
#include "app/console/main_window.h"
#include "core/base/child_process.h"
#include "core/base/file.h"
#include "core/serving/http_server.h"
#include "tests/support/own_home.h"
#include "widgets/base/button.h"
#include "widgets/base/field.h"
#include "widgets/base/panel_state.h"
#include "widgets/base/theme.h"
#include "widgets/base/table.h"
#include "widgets/serving/explain_page.h"
#include "widgets/serving/input_slider.h"
#include "widgets/serving/why_card.h"

#include <QAbstractButton>
#include <QApplication>
#include <QClipboard>
#include <QDialog>
#include <QDir>
#include <QJsonArray>
#include <QJsonDocument>
#include <QLabel>
#include <QLineEdit>
#include <QPlainTextEdit>
#include <QTemporaryDir>
#include <QTest>

#include <atomic>
#include <chrono>
#include <random>

using namespace pilothouse;
using namespace pilothouse::console;

namespace {

constexpr int slow = 60000; // a loaded CI machine; conditions end the wait, never time

/// A FastAPI-like service: /login hands out a token, /predict takes {"features":[…]} and answers their sum.
class Service final : public serving::HttpHandler {
public:
    bool handle(const serving::HttpRequest &request, serving::HttpReply &reply) override {
        const QJsonObject body = QJsonDocument::fromJson(QByteArray::fromStdString(request.body)).object();
        if (request.path == "/openapi.json") {
            reply.body = R"({"paths":{"/login":{"post":{"requestBody":{"content":{"application/json":{"schema":{"properties":{"username":{},"password":{}}}}}},)"
                         R"("responses":{"200":{"content":{"application/json":{"schema":{"properties":{"access_token":{}}}}}}}}},)"
                         R"("/predict":{"post":{"requestBody":{"content":{"application/json":{"schema":{"properties":{"features":{"type":"array","items":{"type":"number"}}}}}}},)"
                         R"("responses":{"200":{"content":{"application/json":{"schema":{"properties":{"prediction":{},"model_version":{}}}}}}}}}}})";
        } else if (request.path == "/login") {
            ++logins;
            const bool good = body.value(QLatin1String("username")).toString() == QLatin1String("ops") && body.value(QLatin1String("password")).toString() == QLatin1String("open sesame");
            reply.status = good ? 200 : 401;
            reply.body = good ? "{\"access_token\":\"token\"}" : "{\"detail\":\"who are you?\"}";
        } else if (request.key != "token") {
            reply.status = 401;
        } else if (down) {
            reply.status = 500;
            reply.body = "{\"detail\":\"out of order\"}";
        } else {
            ++waiting;
            held.wait(true);
            --waiting;
            double sum = 0;
            for (const QJsonValue &v : body.value(QLatin1String("features")).toArray())
                sum += v.toDouble();
            ++asked;
            reply.body = QStringLiteral("{\"prediction\":%1,\"model_version\":\"Production\"}").arg(sum, 0, 'g', 12).toStdString();
        }
        return true;
    }
    void handleSlow(const serving::HttpRequest &, serving::HttpReply &) override {}
    void fail(int status, std::string_view, serving::HttpReply &reply) override { reply.status = status; }
    std::atomic<int> logins = 0, asked = 0, waiting = 0;
    std::atomic<bool> down = false, held = false;
};

Result<QJsonObject> pilot(QStringList arguments) {
    ChildJob job;
    job.program = pilotProgram();
    job.arguments = std::move(arguments);
    return runJob(job, {}, {});
}

} // namespace

class tst_Endpoint : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void initTestCase() {
        if (pilotProgram().isEmpty())
            QSKIP("pilot was not built");
        qputenv("PILOTHOUSE_SECRET_ENDPOINT_LOGIN", "open sesame");
        auto server = serving::HttpServer::listen("127.0.0.1", 0, {}, m_service);
        QVERIFY(server);
        m_server = std::move(*server);
        m_server->begin();
        m_url = QStringLiteral("http://127.0.0.1:%1").arg(m_server->port());
        m_workspace = m_folder.filePath(QStringLiteral("pilothouse.yaml"));
        QByteArray rows = "a,b,y\n";
        std::mt19937_64 random(3);
        std::uniform_real_distribution<double> uniform(0, 1);
        for (int i = 0; i < 500; ++i) {
            const double a = uniform(random), b = uniform(random);
            rows += QByteArray::number(a) + ',' + QByteArray::number(b) + ',' + QByteArray::number(a + b) + '\n';
        }
        QVERIFY(writeFileAtomically(m_folder.filePath(QStringLiteral("rows.csv")), rows));
        QVERIFY(writeFileAtomically(m_folder.filePath(QStringLiteral("m.yaml")), "recipe: m\ndata: {source: rows.csv}\ntask: regression\ntarget: y\nsplit: {every: 5}\nestimators:\n  - linear_regression\n"));
        QVERIFY(writeFileAtomically(m_workspace, "workspace: remote\nrole: approver\nconnections: {local: {kind: local, root: state}}\nmodels:\n  m: # ours, served by others\n"
                                                 "    registry: {connection: local, name: m}\n    recipe: m.yaml\n"));
        const auto trained = pilot({QStringLiteral("train"), m_folder.filePath(QStringLiteral("m.yaml")), QStringLiteral("--register"), QStringLiteral("m"), QStringLiteral("--workspace"), m_workspace});
        QVERIFY2(trained.has_value(), qPrintable(trained ? QString() : trained.error().text()));
        const auto promoted = pilot({QStringLiteral("promote"), QStringLiteral("m"), QStringLiteral("1"), QStringLiteral("--comment"), QStringLiteral("the first"), QStringLiteral("--workspace"), m_workspace});
        QVERIFY2(promoted.has_value(), qPrintable(promoted ? QString() : promoted.error().text()));
        WindowOptions options;
        options.preferencesFile = m_folder.filePath(QStringLiteral("preferences.json"));
        options.sessionFile = m_folder.filePath(QStringLiteral("session.json"));
        options.desktop = false;
        options.workspace = m_workspace;
        m_pools = std::make_unique<Pools>(1);
        m_theme = std::make_unique<ui::Theme>();
        m_window = std::make_unique<MainWindow>(*m_pools, *m_theme, options);
        m_window->resize(1280, 800);
        m_window->show();
        m_window->start();
        QTRY_VERIFY_WITH_TIMEOUT(m_window->fleet() && m_window->snapshot().models.size() == 1 && m_window->snapshot().models.front().liveVersion == 1, slow);
    }
    void cleanupTestCase() {
        m_window.reset();
        m_server.reset();
    }

    void theRequestIsProposedTriedAndSaved() {
        m_window->open(QStringLiteral("what-if"));
        QVERIFY(m_window->actions().blocked(QStringLiteral("whatif.endpoint")).isEmpty());
        m_window->actions().trigger(QStringLiteral("whatif.endpoint"), QStringLiteral("m"));
        QDialog *sheet = nullptr;
        QTRY_VERIFY_WITH_TIMEOUT((sheet = m_window->findChild<QDialog *>(QStringLiteral("endpointSheet"))) && sheet->isVisible(), slow);
        const auto button = [&](const char *name) { return sheet->findChild<QAbstractButton *>(QLatin1String(name)); };
        const auto told = [&] { return sheet->findChild<QLabel *>(QStringLiteral("endpointTold"))->text(); };
        QVERIFY(!button("endpointSave")->isEnabled());
        QTest::keyClicks(sheet->findChild<QLineEdit *>(QStringLiteral("endpointUrl")), m_url);
        QTest::mouseClick(button("endpointPropose"), Qt::LeftButton);
        auto *profile = sheet->findChild<QPlainTextEdit *>(QStringLiteral("endpointProfile"));
        QTRY_VERIFY_WITH_TIMEOUT(profile->toPlainText().contains(QLatin1String("{{values}}")), slow);
        QVERIFY(profile->isVisible());
        QTRY_VERIFY_WITH_TIMEOUT(button("endpointTry")->isEnabled(), slow);
        QTest::mouseClick(button("endpointTry"), Qt::LeftButton); // nobody's name stands there yet
        QTRY_VERIFY2_WITH_TIMEOUT(told().contains(QLatin1String("/login")), qPrintable(told()), slow);
        QString text = profile->toPlainText();
        profile->setPlainText(text.replace(QLatin1String("\"username\": \"\""), QLatin1String("\"username\": \"ops\"")));
        QTRY_VERIFY_WITH_TIMEOUT(button("endpointTry")->isEnabled(), slow);
        QTest::mouseClick(button("endpointTry"), Qt::LeftButton);
        QTRY_VERIFY2_WITH_TIMEOUT(told().contains(QLatin1String("version Production")), qPrintable(told()), slow);
        if (const QString to = qEnvironmentVariable("PILOTHOUSE_PICTURES_TO"); !to.isEmpty())
            sheet->grab().save(to + QStringLiteral("/endpoint-sheet.png"));
        QTest::mouseClick(button("endpointSave"), Qt::LeftButton);
        QTRY_VERIFY_WITH_TIMEOUT(!m_window->snapshot().models.empty() && m_window->snapshot().models.front().endpointUrl == m_url, slow);
        const auto yaml = readFile(m_workspace);
        QVERIFY(yaml);
        QVERIFY(yaml->contains("m: # ours, served by others"));
        QVERIFY(yaml->contains("endpoints/m.json"));
        QVERIFY(!yaml->contains("sesame"));
    }

    void whatIfAsksIt() {
        m_window->open(QStringLiteral("what-if"));
        QLabel *answer = nullptr;
        QTRY_VERIFY_WITH_TIMEOUT((answer = m_window->findChild<QLabel *>(QStringLiteral("whatIfAnswer"))) && answer->isVisible() && !answer->text().isEmpty(), slow);
        QTRY_VERIFY_WITH_TIMEOUT(m_service.asked > 1, slow);
        const int logins = m_service.logins, before = m_service.asked;
        m_window->actions().trigger(QStringLiteral("whatif.reset"));
        auto *slider = m_window->findChild<ui::InputSlider *>();
        QVERIFY(slider);
        const QString first = answer->text();
        slider->setFocus();
        for (int i = 0; i < 5; ++i)
            QTest::keyClick(slider, Qt::Key_Right);
        QTRY_VERIFY_WITH_TIMEOUT(m_service.asked > before && answer->text() != first, slow);
        QCOMPARE(m_service.logins.load(), logins); // the token is used again
    }

    /// The version on this machine says it by its coefficients; nothing is sent.
    void whySaysWhatEachInputAdds() {
        m_window->open(QStringLiteral("what-if"));
        auto *card = m_window->findChild<ui::WhyCard *>();
        QVERIFY(card);
        QCOMPARE(card->shown(), ui::ScreenState::Empty);
        QVERIFY(!m_window->actions().blocked(QStringLiteral("whatif.whyCopy")).isEmpty());
        QVERIFY(!m_window->actions().blocked(QStringLiteral("whatif.whyStop")).isEmpty());
        const int before = m_service.asked;
        m_window->actions().trigger(QStringLiteral("whatif.why"));
        QTRY_COMPARE_WITH_TIMEOUT(card->shown(), ui::ScreenState::Full, slow);
        auto *table = card->findChild<ui::Table *>(QStringLiteral("whyTable"));
        QCOMPARE(table->model()->rowCount(), 2);
        QCOMPARE(table->accessibleDescription(), card->findChild<QLabel *>(QStringLiteral("whySentence"))->text());
        QVERIFY(!table->accessibleDescription().isEmpty());
        QCOMPARE(m_service.asked.load(), before);
        m_window->actions().trigger(QStringLiteral("whatif.whyCopy"));
        QVERIFY(QApplication::clipboard()->text().startsWith(QLatin1String("feature,value,contribution\n")));
        auto *slider = m_window->findChild<ui::InputSlider *>();
        slider->setFocus();
        QTest::keyClick(slider, Qt::Key_Right);
        QTRY_COMPARE_WITH_TIMEOUT(card->shown(), ui::ScreenState::Stale, slow);
        m_window->activateWindow(); // a sheet was open before
        QVERIFY(QTest::qWaitForWindowActive(m_window.get()));
        QTest::keyClick(m_window.get(), Qt::Key_E, Qt::ControlModifier | Qt::ShiftModifier);
        QTRY_COMPARE_WITH_TIMEOUT(card->shown(), ui::ScreenState::Full, slow);
        QTest::keyClick(slider, Qt::Key_Right);
        QTRY_COMPARE_WITH_TIMEOUT(card->shown(), ui::ScreenState::Stale, slow);
        QVERIFY2(m_window->actions().blocked(QStringLiteral("explain.run")).isEmpty(), qPrintable(m_window->actions().blocked(QStringLiteral("explain.run"))));
        QTest::keyClick(slider, Qt::Key_Return, Qt::ControlModifier); // the other page was never opened: the key is this one's
        QTRY_COMPARE_WITH_TIMEOUT(card->shown(), ui::ScreenState::Full, slow);
        QVERIFY(!m_window->findChild<ui::ExplainPage *>());
    }

    void whyAsksTheEndpointToo() {
        auto *card = m_window->findChild<ui::WhyCard *>();
        auto *where = card->findChild<ui::SegmentedControl *>(QStringLiteral("whyWhere"));
        where->setFocus();
        QTest::keyClick(where, Qt::Key_Right);
        QCOMPARE(where->current(), QStringLiteral("endpoint"));
        const int before = m_service.asked;
        m_window->actions().trigger(QStringLiteral("whatif.why"));
        QTRY_VERIFY_WITH_TIMEOUT(m_service.asked > before + 20, slow); // the background rows, for each coalition
        QTRY_COMPARE_WITH_TIMEOUT(card->shown(), ui::ScreenState::Full, slow);
        QCOMPARE(card->source()->text().section(QLatin1Char(' '), 0, 0), QStringLiteral("endpoint"));
        QCOMPARE(card->findChild<ui::Table *>(QStringLiteral("whyTable"))->model()->rowCount(), 2);
    }

    /// The row of the form, by a method that asks the endpoint: the second page knows both.
    void theRowIsExplainedOnTheSecondPageToo() {
        m_window->actions().trigger(QStringLiteral("explain.open"), QStringLiteral("m/1"));
        auto *page = m_window->findChild<ui::ExplainPage *>();
        QVERIFY(page && page->isVisible());
        QTRY_VERIFY_WITH_TIMEOUT(m_window->actions().blocked(QStringLiteral("explain.run")).isEmpty(), slow);
        page->findChild<ui::SegmentedControl *>(QStringLiteral("explainView"))->setCurrent(QStringLiteral("row"));
        QTest::keyClick(page->findChild<ui::SegmentedControl *>(QStringLiteral("explainWhere")), Qt::Key_Right);
        auto *rows = page->findChild<ui::Choice *>(QStringLiteral("explainRows"));
        QCOMPARE(rows->itemText(0), QStringLiteral("as set in What-if"));
        QTest::keyClick(rows, Qt::Key_Home);
        const int before = m_service.asked;
        m_window->actions().trigger(QStringLiteral("explain.run"));
        auto *state = page->findChild<ui::PanelState *>(QStringLiteral("explainState"));
        QTRY_COMPARE_WITH_TIMEOUT(state->kind(), ui::ScreenState::Full, slow);
        QVERIFY(m_service.asked > before + 20);
        QCOMPARE(page->findChild<ui::Table *>(QStringLiteral("whyTable"))->model()->rowCount(), 2);
        QVERIFY(page->findChild<QLabel *>(QStringLiteral("whyFacts"))->text().startsWith(QStringLiteral("127.0.0.1:%1 · Kernel SHAP").arg(m_server->port())));
        m_window->open(QStringLiteral("what-if"), QStringLiteral("")); // back to the row
        QVERIFY(!page->isVisible());
    }

    void whySaysWhatFailed() {
        auto *card = m_window->findChild<ui::WhyCard *>();
        m_service.down = true;
        m_window->actions().trigger(QStringLiteral("whatif.why"));
        QTRY_COMPARE_WITH_TIMEOUT(card->shown(), ui::ScreenState::Failed, slow);
        QVERIFY(!m_window->actions().blocked(QStringLiteral("whatif.whyCopy")).isEmpty());
        m_service.down = false;
        m_window->actions().trigger(QStringLiteral("whatif.why"));
        QTRY_COMPARE_WITH_TIMEOUT(card->shown(), ui::ScreenState::Full, slow);
    }

    void whyIsStopped() {
        auto *card = m_window->findChild<ui::WhyCard *>();
        m_service.held = true; // it answers when it is let
        m_window->actions().trigger(QStringLiteral("whatif.why"));
        QTRY_VERIFY_WITH_TIMEOUT(m_service.waiting > 0, slow);
        QCOMPARE(card->shown(), ui::ScreenState::Loading);
        QVERIFY(m_window->actions().blocked(QStringLiteral("whatif.whyStop")).isEmpty());
        m_window->actions().trigger(QStringLiteral("whatif.whyStop"));
        QTRY_COMPARE_WITH_TIMEOUT(card->shown(), ui::ScreenState::Empty, slow);
        m_service.held = false;
        m_service.held.notify_all();
    }

private:
    QTemporaryDir m_folder;
    Service m_service;
    std::unique_ptr<serving::HttpServer> m_server;
    QString m_url, m_workspace;
    std::unique_ptr<Pools> m_pools;
    std::unique_ptr<ui::Theme> m_theme;
    std::unique_ptr<MainWindow> m_window;
};

int main(int argc, char **argv) { return runInOwnHome<tst_Endpoint>(argc, argv); }
#include "tst_endpoint.moc"
