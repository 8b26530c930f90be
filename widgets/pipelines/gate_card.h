// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/task.h"
#include "core/operations/operation.h"
#include "core/pipelines/gate.h"
#include "core/promotion/evidence.h"
#include "widgets/base/card.h"
#include "widgets/base/panel.h"

#include <QHash>

#include <optional>
#include <vector>

class QPlainTextEdit;
class QScrollArea;

namespace pilothouse::ui {

class Button;
class Choice;
class Label;
class ParameterForm;
class StateGlyph;

/// What a run waits for, answered in place (board 05): the question, who may answer, what the evidence says of the candidate, the system's form, a note, both verbs. Several gates of one run
/// are chosen from. What is written stays while the same gate is shown again. Adds the commands "gate.proceed", "gate.abort" and "gate.evidence".
class GateCard : public Card {
    Q_OBJECT
public:
    explicit GateCard(const PanelContext &context, QWidget *parent = nullptr);
    ~GateCard() override;
    /// The waiting gates of the chosen run; none: what is here is forgotten.
    void setGates(const std::vector<pipelines::Gate> &gates, const pipelines::PipelineRun &run, const fleet::Snapshot &snapshot);
    const pipelines::Gate *gate() const; ///< that is shown; null: none
    QString blocked(bool proceed) const; ///< why it cannot be answered so; empty: it can
    void answer(bool proceed, const QString &comment);
    /// The evidence that stands beside the question; null: not known, or being made.
    const promotion::Evidence *evidence() const;

Q_SIGNALS:
    void answered(const QString &connection);

private:
    struct Known { ///< of a gate's candidate, while this window is open
        std::optional<Result<promotion::Evidence>> evidence;
        bool asked = false; ///< it is being made
    };
    QWidget *buildEvidence();
    void addActions();
    void choose(int index);
    void showGate();
    void showEvidence();
    void askEvidence();
    void openEvidence();
    void tell(const QString &text, bool good);
    QString key(const pipelines::Gate &gate) const;
    PanelContext m_context;
    QString failedGates() const; ///< of the model's pipeline, by what the run tells
    std::vector<pipelines::Gate> m_gates;
    pipelines::PipelineRun m_run;
    fleet::Snapshot m_snapshot;
    QString m_shown; ///< key of the gate whose form is here
    QHash<QString, Known> m_known;
    Task<operations::OperationOutcome> m_running;
    Task<promotion::Evidence> m_asking; ///< one at a time; another gate that is shown meanwhile is asked about behind it
    Choice *m_which;
    Label *m_until, *m_question, *m_asked, *m_judged, *m_told, *m_rule;
    StateGlyph *m_glyph;
    QWidget *m_strip;
    Button *m_sheet, *m_proceed, *m_abort, *m_review;
    ParameterForm *m_form;
    QPlainTextEdit *m_note;
    Label *m_noteLabel;
};

} // namespace pilothouse::ui
