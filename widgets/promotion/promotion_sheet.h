// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/task.h"
#include "core/promotion/promotion.h"
#include "widgets/base/panel.h"

#include <QPlainTextEdit>

#include <optional>

class QBoxLayout;
class QHBoxLayout;
class QVBoxLayout;

namespace pilothouse::ui {

class Button;
class Card;
class CardModel;
class ComparisonModel;
class ConfusionView;
class GateModel;
class KeyValues;
class Label;
class Legend;
class PlanView;
class PlotWidget;
class SliceModel;
class StateBadge;
class Table;

/// The evidence beside the button (board 02): metrics on the same rows, gates, shape of the error, and the column that
/// decides. A function of one promotion request; deciding goes through the catalogue's promotion.* actions.
class PromotionSheet : public QWidget {
    Q_OBJECT
public:
    PromotionSheet(const PanelContext &context, QWidget *parent = nullptr);
    void setRequest(const promotion::Request &request);
    /// Evidence that nobody asks to be decided here: without the deciding column. `asked` says what it belongs to.
    void setEvidence(const promotion::Evidence &evidence, const QString &asked);
    QString requestId() const { return m_request ? m_request->id : QString(); }
    QString comment() const;
    QWidget *firstFocus() const; ///< the comment where it is to be decided, else the metrics. No focus proxy: Tab would go past everything else
    void clearComment();
    /// Why it cannot be approved now; empty: it can.
    QString blockedReason() const;
    const std::optional<promotion::Request> &request() const { return m_request; }

Q_SIGNALS:
    void openRun(const QString &runId);

protected:
    void resizeEvent(QResizeEvent *event) override;

private:
    QWidget *buildBanner();
    QWidget *buildMetrics();
    QWidget *buildError();
    QWidget *buildDecide();
    void showEvidence();
    void showBanner();
    void showError();
    void showCalibration(const QString &champion, const QString &candidate);
    void showLineage();
    void showApprovals();
    void showButtons();
    void readPlan();

    PanelContext m_context;
    std::optional<promotion::Request> m_request;
    Task<std::vector<operations::PlannedCall>> m_planTask;
    QString m_planFor;

    StateBadge *m_badge = nullptr;
    Label *m_asked = nullptr, *m_sentence = nullptr, *m_undoText = nullptr, *m_planNote = nullptr, *m_rule = nullptr, *m_note = nullptr, *m_commentLabel = nullptr, *m_planHeading = nullptr;
    CardModel *m_card = nullptr;
    Card *m_cardCard = nullptr;
    Card *m_metricsCard = nullptr, *m_gatesCard = nullptr, *m_slicesCard = nullptr, *m_errorCard = nullptr, *m_shapeCard = nullptr, *m_decideCard = nullptr;
    ComparisonModel *m_comparison = nullptr;
    Table *m_table = nullptr;
    QBoxLayout *m_columns = nullptr;
    Legend *m_legend = nullptr;
    GateModel *m_gates = nullptr;
    SliceModel *m_slices = nullptr;
    PlotWidget *m_density = nullptr;
    ConfusionView *m_championConfusion = nullptr, *m_candidateConfusion = nullptr;
    KeyValues *m_lineage = nullptr;
    PlanView *m_plan = nullptr;
    QVBoxLayout *m_approvals = nullptr;
    QPlainTextEdit *m_comment = nullptr;
    Button *m_copy = nullptr, *m_report = nullptr, *m_approve = nullptr, *m_reject = nullptr, *m_undo = nullptr;
};

} // namespace pilothouse::ui
