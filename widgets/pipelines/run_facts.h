// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/fleet/run_chain.h"
#include "core/pipelines/pipeline_service.h"
#include "widgets/base/card.h"
#include "widgets/base/panel.h"

namespace pilothouse::ui {

class Button;

/// What is known of the chosen run: who started it, from which commit and with what, what came of it, and the versions, images and rollouts that belong to it. GUI thread.
class RunFacts : public Card {
    Q_OBJECT
public:
    explicit RunFacts(const PanelContext &context, QWidget *parent = nullptr);
    /// @param pipeline  its name
    void setRun(const pipelines::PipelineRun &run, const QString &pipeline, const fleet::RunChain &chain, const QDateTime &now);
    QString text() const { return m_facts->text(); }

protected:
    bool eventFilter(QObject *watched, QEvent *event) override;

private:
    void showChain(const pipelines::PipelineRun &run, const fleet::RunChain &chain);
    PanelContext m_context;
    KeyValues *m_facts;
    Label *m_failure, *m_chainTitle;
    QWidget *m_chain;
    Button *m_open;
    QStringList m_shownChain;
};

/// The rows of the card. Pure.
std::vector<KeyValues::Row> factRows(const pipelines::PipelineRun &run, const QString &pipeline, const QDateTime &now);

} // namespace pilothouse::ui
