// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/task.h"
#include "core/fleet/secret_sources.h"
#include "widgets/base/panel.h"

#include <QDialog>
#include <QTimer>

class QLineEdit;
class QPlainTextEdit;

namespace pilothouse::ui {

class Button;
class Card;
class Choice;
class Field;
class KeyValues;
class SecretModel;
class Table;

/// What the sheet asks, each on a pool thread: core/fleet/secret_sources on the services of a window; tests give their own.
struct SecretCalls {
    QThreadPool *pool = nullptr;
    std::vector<fleet::SecretSource> sources;
    std::function<Result<std::vector<fleet::SecretLine>>(const fleet::SecretSource &, const QString &path, std::stop_token)> list;
    std::function<Result<fleet::SecretFacts>(const QString &name, std::stop_token)> facts;
    std::function<Result<QMap<QString, QString>>(const QString &name, std::stop_token)> reveal;
};
SecretCalls secretCallsOf(fleet::Fleet &fleet);

/// The secrets of the workspace: keychain, Vaults, clusters; names, keys, versions, ages and who uses them. A value is shown only when it is asked for, for 30 s at
/// most, and is gone with another row, source or the sheet; a copied one leaves the clipboard after as long, if nothing else was copied since. That it was asked
/// for is in the journal (core). Opened, never exec'ed; deletes itself when closed.
class SecretsSheet : public QDialog {
    Q_OBJECT
public:
    static constexpr int keepMilliseconds = 30000;
    SecretsSheet(const PanelContext &context, SecretCalls calls, QWidget *window);
    ~SecretsSheet() override;
    void setKeep(int milliseconds) { m_keep = milliseconds; } ///< how long a value stays; for tests

protected:
    void hideEvent(QHideEvent *event) override;
    void keyPressEvent(QKeyEvent *event) override;

private:
    QWidget *buildDetail();
    const fleet::SecretSource *source() const;
    void readList();
    void openLine(const QString &name);
    void goUp();
    void readFacts();
    void showFacts(const Result<fleet::SecretFacts> &facts);
    void ask(bool copy);
    void hideValue();
    void refresh();
    QString wanted() const; ///< the chosen secret with its version and key; empty: none

    PanelContext m_context;
    SecretCalls m_calls;
    int m_keep = keepMilliseconds;
    QTimer m_hide, m_settle;
    Task<std::vector<fleet::SecretLine>> m_listing;
    Task<fleet::SecretFacts> m_reading;
    Task<QMap<QString, QString>> m_asking;
    QString m_factsOf;
    SecretModel *m_model;
    Table *m_table;
    Card *m_card, *m_detail;
    Choice *m_source, *m_key, *m_version;
    QLineEdit *m_path;
    Field *m_pathField, *m_keyField, *m_versionField;
    KeyValues *m_facts;
    QPlainTextEdit *m_value;
    Label *m_told;
    Button *m_up, *m_show, *m_copy;
};

} // namespace pilothouse::ui
