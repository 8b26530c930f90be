// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "widgets/base/panel.h"

class QGridLayout;

namespace pilothouse::ui {

class Card;
class CheckBox;
class Choice;
class KeyValues;
class SegmentedControl;

/// Settings: what a person prefers (look, size, language, notifications), and what this installation is.
class SettingsPanel : public Panel {
    Q_OBJECT
public:
    explicit SettingsPanel(const PanelContext &context, QWidget *parent = nullptr);
    void showSnapshot(const fleet::Snapshot &snapshot) override;
    QWidget *firstFocus() override;

private:
    void store();
    QWidget *buildLook();
    QWidget *buildWorkspace();
    QWidget *buildKeys();
    void showKeys();
    SegmentedControl *m_scheme;
    Choice *m_scale, *m_language;
    CheckBox *m_notify, *m_utc;
    KeyValues *m_facts;
    QGridLayout *m_keys = nullptr;
    QStringList m_shownKeys; ///< ids
    bool m_loading = false;
};

} // namespace pilothouse::ui
