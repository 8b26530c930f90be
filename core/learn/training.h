// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/learn/checkpoint.h"
#include "core/learn/cross_validation.h"
#include "core/learn/train_report.h"
#include "core/learn/trainer.h"
#include "core/learn/training_part.h"
#include "core/learn/workers.h"

#include <chrono>
#include <thread>

namespace pilothouse::learn {

/// One call of train(), from the recipe to the package (trainer.cpp, training_package.cpp).
class Training {
public:
    explicit Training(const TrainOptions &options)
        : m_options(options), m_asked(options.recipe), m_recipe(options.recipe), m_events(options.events ? *options.events : m_nobody), m_checkpoint(options.out + QStringLiteral(".checkpoint")) {
        m_threads = options.threads > 0 ? options.threads : int(std::max(1u, std::thread::hardware_concurrency()));
    }
    Result<TrainResult> run();

private:
    using SteadyClock = std::chrono::steady_clock;
    struct Candidate {
        CandidateResult result;
        std::shared_ptr<FittedModel> model;
        QJsonObject facts;
    };

    Result<void> makeEstimators();
    Result<void> load();
    Result<void> meet(); ///< the other processes, where there are some
    bool leads() const { return !m_options.worker || m_options.worker->leads(); }
    Result<void> resume();
    Result<void> search();
    Result<void> checkMetrics() const;
    Result<Candidate> candidate(std::size_t index);
    FitContext context(std::size_t index); ///< for estimator `index` of the recipe
    Result<void> validate(std::size_t index, Candidate &made);
    Result<void> judgeTargets(const FittedModel &model);
    std::size_t best(const std::vector<Candidate> &candidates) const;
    void finish(const std::vector<Candidate> &candidates, std::size_t chosen);
    Result<void> writePackage(const Candidate &winner);
    Result<QJsonObject> predictionProfile(const FittedModel &model) const;
    Result<TrainResult> finished();
    int stages() const { return m_asked.search ? 3 : int(m_estimators.size()) + 1; } ///< data, (search,) each estimator
    QMap<QString, QString> versions(const QString &flavour) const;

    TrainOptions m_options;
    workspace::Recipe m_asked;  ///< as it was given
    workspace::Recipe m_recipe; ///< as it is trained: after a search with its best point as the only estimator
    NullEvents m_nobody;
    EventSink &m_events;
    Checkpoint m_checkpoint;
    std::shared_ptr<Workers> m_workers; ///< null: alone
    int m_threads = 1;
    std::vector<std::unique_ptr<Estimator>> m_estimators;
    Samples m_samples;
    std::optional<TrainingPart> m_part; ///< all training rows
    std::vector<data::Fold> m_folds;    ///< of `validation:`
    TrainResult m_result;
    SteadyClock::time_point m_started = SteadyClock::now(), m_lastCheckpoint = m_started;
};

} // namespace pilothouse::learn
