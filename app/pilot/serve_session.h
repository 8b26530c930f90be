// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "app/pilot/model_ref.h"

#include "core/fleet/services.h"
#include "core/serving/inference_server.h"
#include "core/serving/server_folder.h"

#include <QTemporaryDir>

#include <condition_variable>
#include <mutex>

namespace pilothouse {

/// Options of `pilot serve`, as typed.
struct ServeOptions {
    QString model, target, address = QStringLiteral("127.0.0.1"), apiKeySecret, dataFolder;
    int port = 0, threads = 2, bodyMiB = 8, requestSeconds = 10, goOnWithoutLabels = 0, minimumLabelled = 200;
    int policySeconds = -1; ///< between two looks at the policy; 0: never, -1: as it says itself (core/retrain/look_times.h)
    double rate = 0;
    bool noApiKey = false;
    serving::BatchOptions batch;
    std::uint64_t maxMemory = 0; ///< bytes, 0: no limit
    QStringList routes; ///< "PATH=ROUTE"
};

/// One run of `pilot serve`, from taking the folder to its orderly end. A package folder is served alone, without any
/// workspace; a model of the workspace is served as its rollout target, with its policy and its promotions.
class ServeSession {
public:
    ServeSession(Context &context, ServeOptions options) : m_context(context), m_o(std::move(options)) {}
    Result<void> run();

private:
    Result<void> prepareFolder();    ///< a bare package
    Result<void> prepareWorkspace(); ///< a model of the workspace
    Result<void> takeFolder(const QString &folder);
    Result<void> listen();
    Result<void> firstVersion();
    Result<void> announce();
    void waitForEnd();
    void lookAtPolicy();
    Result<void> turnBack(const serving::Notice &notice);
    Result<void> finished(const serving::Notice &notice);
    Result<void> journalTurnBack(const serving::Notice &notice);
    bool bare() const { return !m_services; }

    Context &m_context;
    ServeOptions m_o;
    std::shared_ptr<fleet::Services> m_services;
    std::optional<workspace::Model> m_model;
    std::optional<ModelRef> m_wanted; ///< a version named on the command line
    std::unique_ptr<QTemporaryDir> m_temporary;
    QString m_folder;
    std::optional<FileLock> m_lock;
    serving::ServerOptions m_server;
    serving::ServerFile m_file;
    std::unique_ptr<serving::InferenceServer> m_running;
    std::mutex m_mutex;
    std::condition_variable m_wake;
    bool m_end = false;
};

} // namespace pilothouse
