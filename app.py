import streamlit as st

from monitor.ui.app import SCRIPT, parts

app = st.App(SCRIPT, **parts())
