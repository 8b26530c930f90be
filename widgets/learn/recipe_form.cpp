// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/learn/recipe_form.h"

#include "widgets/base/button.h"
#include "widgets/base/card.h"
#include "widgets/base/field.h"
#include "widgets/base/format.h"
#include "widgets/base/toast.h"

#include <QFileDialog>
#include <QPlainTextEdit>
#include <QVBoxLayout>

namespace pilothouse::ui {

RecipeForm::RecipeForm(const PanelContext &context, QWidget *parent)
    : QWidget(parent), m_context(context), m_card(new Card(tr("Train"))), m_models(new Choice), m_target(new Choice),
      m_targetField(new Field(tr("Target"), m_target)), m_text(new QPlainTextEdit), m_why(new Label({}, TextRole::Second, &Tokens::t3)),
      m_register(new CheckBox(tr("Register as a candidate"))), m_open(new Button(*context.actions, QStringLiteral("train.openData"))),
      m_train(new Button(*context.actions, QStringLiteral("train.run"), ButtonKind::Primary)) {
    m_models->setObjectName(QStringLiteral("trainModel"));
    m_target->setObjectName(QStringLiteral("trainTarget"));
    m_text->setObjectName(QStringLiteral("recipeText"));
    m_open->setObjectName(QStringLiteral("openDataButton"));
    m_train->setObjectName(QStringLiteral("trainButton"));
    m_train->setPixelHeight(32);
    m_text->setFont(context.theme->font(TextRole::MonoSmall));
    m_text->setLineWrapMode(QPlainTextEdit::NoWrap);
    m_text->setTabChangesFocus(true);
    m_recipeField = new Field(tr("Recipe"), m_text);
    m_register->setObjectName(QStringLiteral("registerBox"));
    m_register->setCheckable(true);
    m_register->setChecked(true);
    m_why->setWordWrap(true);
    auto *outer = new QVBoxLayout(this);
    outer->setContentsMargins(0, 0, 0, 0);
    outer->addWidget(m_card);
    auto *body = m_card->bodyLayout(12, 10);
    m_card->addTool(m_open);
    body->addWidget(new Field(tr("Model"), m_models));
    body->addWidget(m_targetField);
    m_targetField->hide();
    body->addWidget(m_recipeField, 1);
    body->addWidget(m_why);
    body->addWidget(m_register);
    body->addWidget(m_train);
    m_checkSoon.setSingleShot(true);
    m_checkSoon.setInterval(250);
    connect(&m_checkSoon, &QTimer::timeout, this, &RecipeForm::check);
    connect(m_text, &QPlainTextEdit::textChanged, &m_checkSoon, qOverload<>(&QTimer::start));
    connect(m_models, &QComboBox::activated, this, [this](int index) { loadModel(m_models->itemText(index)); });
    connect(m_target, &QComboBox::activated, this, [this](int index) { proposeFrom(m_dataFile, m_target->itemText(index)); });
}

void RecipeForm::showSnapshot(const fleet::Snapshot &snapshot) {
    m_role = snapshot.role;
    QStringList names;
    for (const fleet::ModelRow &row : snapshot.models)
        names << row.name;
    if (m_draft.isNew && !names.contains(m_draft.model))
        names << m_draft.model;
    QStringList shown;
    for (int i = 0; i < m_models->count(); ++i)
        shown << m_models->itemText(i);
    if (shown != names) { // the choice survives a refresh
        const QString current = m_models->currentText();
        const QSignalBlocker quiet(m_models);
        m_models->clear();
        m_models->addItems(names);
        m_models->setCurrentText(current);
    }
    if (m_draft.yaml.isEmpty() && !m_task.isRunning() && !names.isEmpty()) {
        // What trains now is what one wants to see, also after the workspace was read again.
        for (const fleet::Job &job : m_context.jobs ? m_context.jobs->jobs() : QList<fleet::Job>())
            if (job.arguments.value(0) == QLatin1String("train") && names.contains(job.model)) {
                m_models->setCurrentText(job.model);
                break;
            }
        loadModel(m_models->currentText());
    }
    Q_EMIT changed();
}

QString RecipeForm::model() const { return m_draft.model.isEmpty() ? m_models->currentText() : m_draft.model; }

void RecipeForm::chooseModel(const QString &model) {
    if (model.isEmpty() || model == m_draft.model)
        return;
    m_models->setCurrentText(model);
    loadModel(model);
}

void RecipeForm::loadModel(const QString &model) {
    if (!m_context.fleet || model.isEmpty())
        return;
    m_task.stop.request_stop();
    m_task = startTask<fleet::RecipeDraft>(m_context.fleet->pools().waiting,
                                           [services = m_context.fleet->services(), model](std::stop_token) { return fleet::draftOfModel(*services, model); });
    deliver(m_task, this, [this](const Result<fleet::RecipeDraft> &draft) {
        if (draft)
            setDraft(*draft);
        else if (draft.error().kind != ErrorKind::Cancelled)
            m_recipeField->setError(draft.error().text());
    });
}

void RecipeForm::openData() {
    auto *dialog = new QFileDialog(this, tr("Open a data file"), {}, tr("Tables (*.csv *.csv.gz *.tsv *.txt);;All files (*)"));
    dialog->setAttribute(Qt::WA_DeleteOnClose);
    dialog->setFileMode(QFileDialog::ExistingFile);
    connect(dialog, &QFileDialog::fileSelected, this, [this](const QString &file) { proposeFrom(file); });
    dialog->open();
}

void RecipeForm::proposeFrom(const QString &dataFile, const QString &target) {
    if (!m_context.fleet || dataFile.isEmpty())
        return;
    m_dataFile = dataFile;
    m_card->setSubtitle(tr("reading…"));
    m_task.stop.request_stop();
    m_task = startTask<fleet::RecipeDraft>(m_context.fleet->pools().waiting, [services = m_context.fleet->services(), dataFile, target](std::stop_token stop) {
        return fleet::draftFromData(*services, dataFile, target, stop);
    });
    deliver(m_task, this, [this](const Result<fleet::RecipeDraft> &draft) {
        m_card->setSubtitle({});
        if (draft)
            setDraft(*draft);
        else if (draft.error().kind != ErrorKind::Cancelled)
            m_context.toasts->showError(draft.error());
    });
}

void RecipeForm::setDraft(const fleet::RecipeDraft &draft) {
    m_draft = draft;
    if (m_models->findText(draft.model) < 0)
        m_models->addItem(draft.model);
    m_models->setCurrentText(draft.model);
    m_targetField->setVisible(!draft.columns.isEmpty());
    if (!draft.columns.isEmpty()) {
        const QSignalBlocker quiet(m_target);
        m_target->clear();
        m_target->addItems(draft.columns);
        m_target->setCurrentText(draft.target);
    }
    {
        const QSignalBlocker quiet(m_text);
        m_text->setPlainText(QString::fromUtf8(draft.yaml));
    }
    QStringList why;
    if (draft.rows > 0)
        why << tr("%1 rows read.").arg(count(draft.rows));
    why << draft.reasons;
    if (!draft.problems.isEmpty())
        why << tr("%n problem(s) in the file, first: %1", nullptr, int(draft.problems.size())).arg(draft.problems.front());
    m_why->setText(why.mid(0, 4).join(QLatin1Char(' ')));
    m_why->setToolTip(why.join(QLatin1Char('\n')));
    m_why->setVisible(!why.isEmpty());
    m_card->setSubtitle(draft.isNew ? tr("a new model") : QString());
    check();
    Q_EMIT modelChosen(draft.model);
}

void RecipeForm::check() {
    m_draft.yaml = m_text->toPlainText().toUtf8();
    const auto fine = m_draft.yaml.trimmed().isEmpty() ? Result<void>() : fleet::checkDraft(m_draft);
    m_problem = fine ? QString() : fine.error().text();
    m_recipeField->setError(m_problem);
    Q_EMIT changed();
}

QString RecipeForm::blockedReason() const {
    if (m_role == workspace::Role::Viewer)
        return tr("Needs role operator.");
    if (m_draft.yaml.trimmed().isEmpty())
        return tr("Choose a model or open a data file first.");
    if (!m_problem.isEmpty())
        return tr("The recipe has a mistake.");
    if (m_saving.isRunning())
        return tr("The recipe is being saved.");
    for (const fleet::Job &job : m_context.jobs ? m_context.jobs->jobs() : QList<fleet::Job>())
        if (job.model == m_draft.model && job.arguments.value(0) == QLatin1String("train") && (job.state == QLatin1String("running") || job.state == QLatin1String("cancelling")))
            return tr("It is being trained now.");
    return {};
}

void RecipeForm::train() {
    check();
    if (!m_context.fleet || !m_context.jobs || !blockedReason().isEmpty())
        return;
    m_saving = startTask<Saved>(m_context.fleet->pools().waiting, [services = m_context.fleet->services(), draft = m_draft](std::stop_token) -> Result<Saved> {
        PH_TRY(fleet::saveDraft(*services, draft));
        return Saved{};
    });
    deliver(m_saving, this, [this](const Result<Saved> &saved) {
        if (!saved) {
            m_context.toasts->showError(saved.error());
            Q_EMIT changed();
            return;
        }
        m_draft.isNew = false;
        QStringList arguments{QStringLiteral("train"), m_draft.recipeFile};
        if (m_register->isChecked())
            arguments << QStringLiteral("--register") << m_draft.model;
        const QString job = m_context.jobs->start(tr("Train %1").arg(m_draft.model), m_draft.model, arguments);
        Q_EMIT started(job);
        Q_EMIT changed();
    });
    Q_EMIT changed();
}

} // namespace pilothouse::ui
