package com.shop.checkout

import android.content.Context
import com.mixpanel.android.mpmetrics.MixpanelAPI
import org.json.JSONObject

class Checkout(context: Context, private val cart: Cart) {
    private val mp: MixpanelAPI = MixpanelAPI.getInstance(context, BuildConfig.TOKEN, true)

    companion object {
        const val PURCHASE = "Purchase"
        private const val AMOUNT = "amount"
    }

    fun bought(user: User) {
        val props = JSONObject().apply {
            put(AMOUNT, cart.total)
            put("country", user.country)
            put("is_first", user.orders == 0)
        }
        if (user.isPro) {
            props.put("plan", "pro")
        }
        mp.track(PURCHASE, props)
        mp.trackMap("Purchase", mapOf("amount" to 12.5, "tags" to listOf("sale", "new"), "couponn" to "X")) // MISTAKE unknown-property
        mp.people.set("plan", "pro")
        mp.timeEvent("Page View")
    }

    fun opened(source: String?) {
        mp.track("App Open", JSONObject().put("referrer", source ?: "none").put("is_first", 1)) // MISTAKE wrong-type
        mp.track("App Opened") // MISTAKE unknown-event
        mp.track("screen_$source")
        player.track("Song")
        val text = """
            mp.track("In A Raw String")
        """.trimIndent()
        Log.d("x", text)
    }
}
