// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "app/console/main_window.h"
#include "app/estate/estate.h"
#include "app/estate/stand_ins.h"
#include "core/base/file.h"
#include "core/pipelines/all_pipelines.h"
#include "widgets/base/theme.h"

#include <QTemporaryDir>
#include <QTest>

namespace pilothouse::testing {

/// The real window on the servers of the estate: Jenkins, GitHub Actions, Kubeflow and Azure ML, as a workspace on disk names them. The estate's clock stands; advance() lets it go on, up to
/// the present.
class EstateWindow {
public:
    /// @param models  of the workspace, as YAML below `models:`
    explicit EstateWindow(const char *role = "approver", const QByteArray &models = " {}\n") {
        estate::EstateOptions options;
        options.speed = 0;
        options.ticks = false;
        auto started = estate::Estate::start(options, estate::makeStandIns({QStringLiteral("jenkins"), QStringLiteral("github"), QStringLiteral("kubeflow"), QStringLiteral("azureml"), QStringLiteral("blobs")}));
        if (!started) {
            m_problem = started.error().text();
            return;
        }
        m_estate = *std::move(started);
        m_estate->clock().advance(-5 * 3600);
        m_estate->control(QStringLiteral("github"), QStringLiteral("protect"),
                          {{QStringLiteral("repository"), QStringLiteral("acme/damage-incidence")}, {QStringLiteral("environment"), QStringLiteral("production")}, {QStringLiteral("reviewers"), QJsonArray{QStringLiteral("rita")}}, {QStringLiteral("prevent_self_review"), false}});
        for (const auto &[name, value] : {std::pair("JENKINS", "token-of-admin"), std::pair("GITHUB", "ghp_reviewer"), std::pair("AZUREML", "estate-secret")})
            qputenv((QByteArray("PILOTHOUSE_SECRET_ESTATE_") + name).constData(), value);
        m_file = m_folder.filePath(QStringLiteral("pilothouse.yaml"));
        const auto url = [this](const char *name) { return m_estate->url(QLatin1String(name)).toUtf8(); };
        const QByteArray text = QByteArray("workspace: estate\nrole: ") + role + "\nconnections:\n  local: {kind: local, root: state}\n  jenkins: {kind: jenkins, url: \"" + url("jenkins") +
                                "\", user: admin, secret: estate-jenkins, jobs: [iris-pipeline, weather/weather-software/main]}\n  github: {kind: github, url: \"" + url("github") +
                                "/api/v3\", secret: estate-github, owner: acme, repo: damage-incidence}\n  kubeflow: {kind: kubeflow, url: \"" + url("kubeflow") +
                                "\", namespace: kubeflow, experiment: iris-mlflow-kserve}\n  azureml: {kind: azureml, url: \"" + url("azureml") +
                                "/mlflow/v1.0/subscriptions/sub-1/resourceGroups/mlops-rg/providers/Microsoft.MachineLearningServices/workspaces/mlops-ws\", tenant: estate-tenant, client: estate-client, secret: "
                                "estate-azureml, authority: \"" + url("azureml") + "\", experiment: damage-incidence-prediction}\nmodels:" + models;
        if (const auto written = writeFileAtomically(m_file, text); !written)
            m_problem = written.error().text();
    }
    ~EstateWindow() {
        window.reset();
        pools.reset();
    }
    QString problem() const { return m_problem; }
    const QString &file() const { return m_file; } ///< the workspace
    QString inFolder(const QString &name) const { return m_folder.filePath(name); }
    void open(const QSize &size = {1440, 900}) {
        pools = std::make_unique<Pools>(1);
        theme = std::make_unique<ui::Theme>();
        theme->apply(ui::SchemeChoice::Dark);
        console::WindowOptions options;
        options.workspace = m_file;
        options.preferencesFile = m_folder.filePath(QStringLiteral("preferences.json"));
        options.sessionFile = m_folder.filePath(QStringLiteral("session.json"));
        options.remember = options.desktop = false;
        window = std::make_unique<console::MainWindow>(*pools, *theme, options);
        window->actions().setAsk([](const ui::Danger &, const ui::ActionSpec &, std::function<void(const QString &)> go) { go({}); });
        window->resize(size);
        window->show();
        window->start();
    }
    estate::Estate &estate() { return *m_estate; }
    void advance(int seconds) { m_estate->clock().advance(seconds); }
    const std::shared_ptr<pipelines::PipelineService> &pipelines() const { return window->fleet()->services()->pipelines; }
    /// Starts a run and lets the estate's time go on until it is as wanted, or for a while; its id as AllPipelines has it. Empty: it did not start, which fails the test.
    QString begun(const QString &pipeline, const QJsonObject &parameters, pipelines::State until) {
        const auto id = pipelines()->startRun({pipeline, parameters, {}, QStringLiteral("ana"), QStringLiteral("test")});
        if (!id) {
            QTest::qFail(qPrintable(pipeline + QStringLiteral(": ") + id.error().text()), __FILE__, __LINE__);
            return {};
        }
        QString run = *id;
        for (int i = 0; i < 200; ++i) {
            const auto now = pipelines()->run(run);
            if (!now) {
                QTest::qFail(qPrintable(now.error().text()), __FILE__, __LINE__);
                return {};
            }
            if (!now->became.isEmpty())
                run = now->became;
            else if (now->state == until || pipelines::hasEnded(now->state))
                return run;
            advance(10);
        }
        QTest::qFail(qPrintable(pipeline + QStringLiteral(" goes on for too long")), __FILE__, __LINE__);
        return run;
    }

    std::unique_ptr<Pools> pools;
    std::unique_ptr<ui::Theme> theme;
    std::unique_ptr<console::MainWindow> window;

private:
    QString m_problem, m_file;
    QTemporaryDir m_folder;
    std::unique_ptr<estate::Estate> m_estate;
};

} // namespace pilothouse::testing
