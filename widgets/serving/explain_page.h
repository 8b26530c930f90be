// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/task.h"
#include "core/fleet/why.h"
#include "widgets/base/export.h"

#include <QDateTime>

namespace pilothouse::ui {

class Card;
class ExplainForm;
class ExplanationView;
class PanelState;
class ProgressBar;
class WhyAsker;
struct ExplainedModel;

/// Explanations of any version (What-if ▸ Explain): a form says what of which model, by which method and over which rows; a `pilot` child answers,
/// with progress and a stop; the answer is bars with intervals, contributions or curves, with its source and age. Enter on a bar shows how the
/// model responds to that input. Its commands (explain.run, .stop, .saveCsv, .savePng) are the panel's.
class ExplainPage : public QWidget {
    Q_OBJECT
public:
    explicit ExplainPage(const PanelContext &context, QWidget *parent = nullptr);
    void showSnapshot(const fleet::Snapshot &snapshot);
    void choose(const QString &modelAndVersion); ///< "t2m", "t2m/3"; empty: what is chosen stays
    void setGiven(const std::optional<fleet::WhyQuestion> &given); ///< the row as set in What-if
    QString model() const;
    QWidget *firstFocus();
    void ask();
    void stop();
    QString askBlocked() const; ///< why it cannot be asked; empty: it can
    QString stopBlocked() const;
    QString exportBlocked() const; ///< why there is nothing to save; empty: there is
    QString exportName() const;    ///< "tree-shap-t2m-v3"
    ExportBytes csv() const;
    ExportBytes png() const;
    /// Also what tests hand over.
    void setVersion(const fleet::AskableVersion &version);
    void showExplanation(const explain::Explanation &explanation, const fleet::WhyQuestion &question);

Q_SIGNALS:
    void modelChanged();

private:
    std::vector<ExplainedModel> modelsOf(const fleet::Snapshot &snapshot) const;
    QWidget *buildForm();
    QWidget *buildAnswer();
    void openVersion();
    void follow(); ///< buttons, progress, and whether the answer is still the one to what is chosen
    void showEmpty();
    QString title(const fleet::WhyQuestion &question) const;

    PanelContext m_context;
    ExplainForm *m_form;
    WhyAsker *m_asker;
    Task<fleet::AskableVersion> m_opening;
    std::optional<fleet::WhyQuestion> m_shown; ///< that the answer on the screen is of
    QDateTime m_shownAt;
    PanelState *m_screen;
    Card *m_answer = nullptr;
    ExplanationView *m_view = nullptr;
    Button *m_ask = nullptr, *m_stop = nullptr;
    ProgressBar *m_bar = nullptr;
    Label *m_progress = nullptr;
    ExportButton *m_save = nullptr;
};

} // namespace pilothouse::ui
